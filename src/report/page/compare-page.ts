import { pValueText } from '../../base/difference.ts';
import { formatFixed, letterOf, plural } from '../../base/format.ts';
import { resultText } from '../../record/index.ts';
import type { ChangedImage } from '../compare/changed.ts';
import type { Comparison, MetricRow, Versus } from '../compare/compare.ts';
import type { PageChart } from '../draw-page.ts';
import { badge, card, chartsCard, facts, page } from './document.ts';
import { breakable, type Html, html, plain } from './html.ts';
import type { Sheet } from './image-sheet.ts';
import { type Cell, cellOf, sortableTable } from './table.ts';

const fixed = (value: number): string => formatFixed(value, 4);

export interface ComparePageParts {
  curves: PageChart[];
  /** Images of each side's mistakes. */
  sheets: (Sheet | undefined)[];
}

/** The page of a comparison: what tests say, the metrics, curves, what differs in the configs, answers that changed. */
export function comparePage(comparison: Comparison, { curves, sheets }: ComparePageParts): Promise<string> {
  const { sides, metrics, versus } = comparison;
  return page(
    `${sides.map(({ name }) => name).join(' · ')} · facecom`,
    html`${sheets.map((sheet) => sheet?.style)}<header><h1>Comparison</h1>
${facts(
  sides.map(({ name, runs, status }, i) => [
    letterOf(i),
    html`${name} ${[...new Set(status)].map((text) => badge(text))}${
      runs.length > 1 && html` <span class="muted">${runs.length} seeds: ${runs.join(', ')}</span>`
    }`,
  ]),
)}</header>
${versus.map((side, i) => card(`${letterOf(i + 1)} against A`, verdict(side)))}
${card('Metrics', metricTable(metrics, sides.length))}
${chartsCard('Curves', curves)}
${card('Config', configTable(comparison))}
${versus.map((side, i) => changedCard(side, `${letterOf(i + 1)} against A`, [...sheets], i))}`,
  );
}

function verdict({ first, second, tests, note }: Versus): Html {
  if (!tests)
    return html`<p class="muted">Their answers to test images are not known: both runs need artifacts/test_images.csv of the same images.</p>`;
  return html`<p class="muted">Over the same test images, the images of an identity drawn together (paired bootstrap, 95 %); ${second} against ${first}.${note !== undefined && ` ${note}`}</p>${facts(
    tests.map(({ metric, text, images, identities, mcnemar }) => [
      metric,
      html`<strong>${text}</strong> <span class="muted">${plural(images, 'image')} of ${plural(identities, 'identity', 'identities')}${
        mcnemar &&
        `; right alone ${mcnemar.firstAlone} and ${mcnemar.secondAlone}, McNemar ${pValueText(mcnemar.p)}`
      }</span>`,
    ]),
  )}`;
}

function metricTable(metrics: readonly MetricRow[], sides: number): Html {
  if (metrics.length === 0) return html`<p class="muted">No metric was recorded.</p>`;
  const letters = Array.from({ length: sides }, (_, i) => letterOf(i));
  return html`<p class="muted">Means over seeds with 95 % intervals (Student’s t); differences paired by seed where both have the same, else Welch’s.</p>${sortableTable(
    'metrics',
    [
      { title: 'metric' },
      ...letters.map((title) => ({ title, number: true })),
      ...letters.slice(1).map((name) => ({ title: `${name} − A`, number: true })),
    ],
    metrics.map(({ metric, results, differences }) => ({
      cells: [
        cellOf(breakable(metric)),
        ...results.map((result) =>
          cellOf(result ? resultText(result, fixed) : '–', result?.mean ?? Number.NaN),
        ),
        ...differences.map(
          (found): Cell =>
            found
              ? cellOf(
                  `${signed(found.value)}${found.interval ? ` [${found.interval.map(signed).join(', ')}]` : ''}`,
                  found.value,
                )
              : cellOf('–', Number.NaN),
        ),
      ],
    })),
  )}`;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`;

function configTable({ config, sides }: Comparison): Html {
  if (config.length === 0) return html`<p class="muted">The configs are the same.</p>`;
  return html`<div class="scroll"><table><thead><tr><th scope="col">key</th>${sides.map(
    (_, i) => html`<th scope="col">${letterOf(i)}</th>`,
  )}</tr></thead><tbody>${config.map(
    ({ path, values, decides }) =>
      html`<tr><th scope="row" class="mono">${breakable(path)}${decides === 'nothing' && html` <span class="muted">(decides nothing)</span>`}</th>${values.map(
        (value) => html`<td class="mono value">${value === undefined ? '–' : plain(value)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}

const MOST = 120; // images that changed

function changedCard(
  { changed }: Versus,
  title: string,
  sheets: (Sheet | undefined)[],
  i: number,
): Html | undefined {
  if (changed.length === 0) return undefined;
  const group = (change: ChangedImage['change'], heading: string) => {
    const images = changed.filter((image) => image.change === change);
    if (images.length === 0) return undefined;
    return html`<h3>${heading}: ${images.length}</h3><div class="tiles">${images
      .slice(0, MOST)
      .map((image) => changedImage(image, [sheets[0], sheets[i + 1]]))}</div>${
      images.length > MOST && html`<p class="muted">… and ${images.length - MOST} more</p>`
    }`;
  };
  return card(
    `Answers that changed, ${title}`,
    html`${group('lost', 'Lost')}${group('won', 'Won')}${group('both wrong', 'Wrong in both')}`,
  );
}

function changedImage(
  { filename, identity, gender, answers }: ChangedImage,
  sheets: (Sheet | undefined)[],
): Html {
  // Of answers that differ one at least is wrong, whose run kept the image, unless it had too many.
  const tile = sheets.map((sheet) => sheet?.tile(filename)).find((found) => found !== undefined);
  const said = answers.map((answer) =>
    [
      identity !== undefined && answer.predictedIdentity,
      answers[0].predictedGender !== answers[1].predictedGender && answer.predictedGender,
    ]
      .filter(Boolean)
      .join(' '),
  );
  return html`<figure class="face">${tile ?? html`<span class="mono">${filename}</span>`}<figcaption><strong>${identity ?? gender ?? ''}</strong><br>${said[0]} → ${said[1]}</figcaption></figure>`;
}
