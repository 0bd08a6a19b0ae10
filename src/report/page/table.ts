import { breakable, type Html, html } from './html.ts';

export interface Column {
  title: string;
  /** Right-aligned figures. */
  number?: boolean;
  /** Long text, or images: lines are broken. */
  wrap?: boolean;
}

export interface Cell {
  content: Html | string;
  /** What is sorted by, where it is not the text. */
  value?: number | string | undefined;
  mono?: boolean;
}

export interface TableRow {
  cells: readonly Cell[];
  /** Marked. */
  best?: boolean;
}

/** Up to here there is nothing to filter. */
const FEW = 6;
/** Columns above which the letters are smaller on paper. */
const MANY = 14;
/** More rows would make a page that no browser opens at once. */
const MOST = 1500;

/** A table whose heads sort it, with a field that filters its rows by words. `id` is unique on the page. */
export function sortableTable(id: string, columns: readonly Column[], all: readonly TableRow[]): Html {
  const rows = all.slice(0, MOST);
  const head = columns.map(
    ({ title, number }) =>
      html`<th scope="col"${number && html` class="n"`}><button class="sort" type="button">${breakable(title)}</button></th>`,
  );
  const body = rows.map(
    ({ cells, best }) =>
      html`<tr${best && html` class="best"`}>${cells.map(({ content, value, mono }, i) => {
        const classes = [columns[i]?.number ? 'n' : '', columns[i]?.wrap ? 'wrap' : '', mono ? 'mono' : '']
          .filter(Boolean)
          .join(' ');
        const sorted =
          value === undefined ? '' : typeof value === 'number' && Number.isNaN(value) ? '–' : String(value);
        return html`<td${classes !== '' && html` class="${classes}"`}${sorted !== '' && html` data-v="${sorted}"`}>${content}</td>`;
      })}</tr>`,
  );
  const filter =
    rows.length > FEW &&
    html`<p><input class="filter" type="search" data-table="${id}" placeholder="filter rows" aria-label="Filter the rows by words"><span class="muted" role="status">${rows.length} rows</span>${
      all.length > rows.length && html`<span class="muted"> of ${all.length}: facecom results has all</span>`
    }</p>`;
  return html`${filter}<div class="scroll"><table class="sortable${columns.length > MANY && ' many'}" id="${id}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A text cell, or one with a number that is shown as `content`. */
export const cellOf = (content: Html | string, value?: number | string): Cell => ({
  content,
  ...(value === undefined ? {} : { value }),
});
