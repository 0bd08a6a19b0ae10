import { formatNumber, formatScore } from '../../base/format.ts';
import { type Html, html } from './html.ts';

/** Scores of validation and test side by side, then those under conditions, then others. */
export function scoreTables(scores: Readonly<Record<string, number>>): Html {
  const names = new Set<string>();
  const conditions = new Map<string, Map<string, number>>();
  const others: [string, number][] = [];
  for (const [name, value] of Object.entries(scores)) {
    const plain = /^(?:val|test)\/([^/]+)$/.exec(name);
    const under = /^test\/(.+)\/([^/]+)$/.exec(name);
    if (plain) names.add(plain[1]!);
    else if (under) conditions.set(under[1]!, (conditions.get(under[1]!) ?? new Map()).set(under[2]!, value));
    else others.push([name, value]);
  }
  if (names.size + conditions.size + others.length === 0)
    return html`<p class="muted">No scores were recorded.</p>`;
  return html`${names.size > 0 && main([...names], scores)}${conditions.size > 0 && underConditions(conditions)}${
    others.length > 0 &&
    table(
      ['metric', 'value'],
      others.map(([name, value]) => [name, formatNumber(value)]),
    )
  }`;
}

function main(names: string[], scores: Readonly<Record<string, number>>): Html {
  return table(
    ['metric', 'validation', 'test'],
    names.map((name) => [name, formatScore(scores[`val/${name}`]), formatScore(scores[`test/${name}`])]),
  );
}

function underConditions(conditions: Map<string, Map<string, number>>): Html {
  const metrics = [...new Set([...conditions.values()].flatMap((values) => [...values.keys()]))];
  const score = (condition: string, metric: string) => formatScore(conditions.get(condition)?.get(metric));
  // The longer list goes down, so that the table fits on a phone and on paper.
  const names = [...conditions.keys()];
  const [head, columns, rows] =
    metrics.length > names.length ? ['metric', names, metrics] : ['condition', metrics, names];
  const cells: string[][] = rows.map((row) => [
    row,
    ...columns.map((column) => (rows === metrics ? score(column, row) : score(row, column))),
  ]);
  return html`<p class="muted">Test images under conditions</p>${table([head, ...columns], cells)}`;
}

/** The first column is text, the others are numbers. */
function table(heads: string[], rows: string[][]): Html {
  return html`<div class="scroll"><table><thead><tr>${heads.map(
    (head, i) => html`<th scope="col"${i > 0 && html` class="n"`}>${head}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td class="n">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
