import type { TopLevelSpec } from 'vega-lite';
import { formatNumber, formatScore } from '../../base/format.ts';
import type { RunRecord } from '../../record/index.ts';
import { bestPoint, curvesOf, monitorOf, type Point, thin } from '../curves.ts';
import { withRates } from '../learning-rates.ts';
import { drawn, isDrawable, title } from '../text.ts';
import { type Panel, panelsOf } from './panels.ts';
import { best as bestColour, ink } from './theme.ts';

/** Pixels of a panel, in one image and on a page, where it has to do on a phone. */
const inImage = { width: 320, height: 190 };
const onPage = { width: 262, height: 170 };
const COLUMNS = 3;
/** Up to here each value has a dot. */
const DOTS = 40;

interface Row {
  panel: string;
  line: string;
  x: number;
  /** Null: NaN, infinite or too large to be drawn. */
  y: number | null;
}

/** The curves of a run over its epochs; undefined if nothing was measured. */
export function trainingMetrics(run: RunRecord): TopLevelSpec | undefined {
  const found = cellsOf(run, inImage);
  if (!found) return undefined;
  const { cells, facts } = found;
  return {
    title: { text: run.id, subtitle: subtitle(run, facts) },
    concat: cells.map(({ spec }) => spec),
    columns: COLUMNS,
    align: 'all',
    spacing: { row: 30, column: 30 },
  } as unknown as TopLevelSpec;
}

/** The same panel by panel, for a page that lays them out, and what is to be said of them. */
export function trainingPanels(
  run: RunRecord,
): { panels: { title: string; spec: TopLevelSpec }[]; subtitle: string } | undefined {
  const found = cellsOf(run, onPage);
  if (!found) return undefined;
  return {
    panels: found.cells.map(({ title, spec }) => ({ title, spec: spec as TopLevelSpec })),
    subtitle: subtitle(run, found.facts),
  };
}

function cellsOf(run: RunRecord, size: Size) {
  const curves = withRates(curvesOf(run), run);
  const { metric, mode } = monitorOf(run);
  const { panels, left } = panelsOf(curves, metric);
  if (panels.length === 0) return undefined;
  const best = bestPoint(
    curves.byName.get(metric)?.filter(({ y }) => isDrawable(y)),
    mode,
  );
  const odd = panels.some(({ lines }) =>
    lines.some((line) => curves.byName.get(line.metric)!.some(({ y }) => !isDrawable(y))),
  );
  const extent = xExtent(
    panels.flatMap(({ lines }) => lines.flatMap((line) => curves.byName.get(line.metric)!)),
  );
  const cells = panels.map((panel) => ({
    title: panel.title,
    spec: cell(panel, {
      points: new Map(panel.lines.map((line) => [line.metric, thin(curves.byName.get(line.metric)!)])),
      unit: curves.unit,
      extent,
      best,
      mode,
      size,
    }),
  }));
  return { cells, facts: { best, metric, unit: curves.unit, left, odd } };
}

interface Size {
  width: number;
  height: number;
}

function subtitle(
  run: RunRecord,
  {
    best,
    metric,
    unit,
    left,
    odd,
  }: { best?: Point; metric: string; unit: string; left: number; odd: boolean },
): string {
  const parts: string[] = [];
  if (run.status !== 'finished') parts.push(run.status);
  if (best) parts.push(`best ${metric} ${formatScore(best.y)} at ${unit} ${formatNumber(best.x)}`);
  const test = run.scores['test/combined'];
  if (test !== undefined) parts.push(`test/combined ${formatScore(test)}`);
  if (odd) parts.push('× no finite number');
  if (left > 0) parts.push(`${left} more metrics not drawn`);
  return parts.join('  ·  ');
}

function xExtent(points: readonly Point[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { x } of points) {
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  return low === high ? [low - 1, high + 1] : [low, high];
}

interface CellFacts {
  points: Map<string, readonly Point[]>;
  unit: 'epoch' | 'step';
  extent: [number, number];
  best?: Point;
  mode: 'max' | 'min';
  size: Size;
}

const dashes = [
  [1, 0],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
];

function cell(panel: Panel, { points, unit, extent, best, mode, size }: CellFacts): object {
  const rows = panel.lines.flatMap(({ metric, label }) =>
    points.get(metric)!.map(
      ({ x, y }): Row => ({
        panel: panel.title,
        line: label,
        x,
        y: drawn(y),
      }),
    ),
  );
  const finite = rows.filter(({ y }) => y !== null) as (Row & { y: number })[];
  const longest = Math.max(...[...points.values()].map(({ length }) => length));
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: extent, nice: false, zero: false },
    axis: { title: unit, tickMinStep: 1, tickCount: 6, format: extent[1] >= 100_000 ? '~s' : '~f' },
  };
  const scale = yScale(
    panel,
    finite.map(({ y }) => y),
  );
  const y = {
    field: 'y',
    type: 'quantitative',
    scale,
    axis: { title: title(panel.axis), tickCount: 5, ...numberFormat(scale.type === 'log', finite) },
  };
  const domain = panel.lines.map(({ label }) => label);
  const legend = panel.lines.length > 1 ? { columns: 2 } : null;
  const color = {
    field: 'line',
    type: 'nominal',
    scale: { domain, range: panel.lines.map(({ colour }) => colour) },
    legend,
  };
  const strokeDash = {
    field: 'line',
    type: 'nominal',
    scale: { domain, range: domain.map((_, i) => dashes[i % dashes.length]) },
    legend,
  };
  return {
    title: { text: title(panel.title), fontSize: 13.5, offset: legend === null ? 12 : 8 },
    ...size,
    data: { values: rows },
    layer: [
      ...(best ? [bestRule(best, x)] : []),
      {
        transform: [{ filter: { field: 'y', valid: true } }],
        mark: longest <= DOTS ? { type: 'line', point: { size: 26, filled: true } } : { type: 'line' },
        encoding: { x, y, color, strokeDash },
      },
      ...(finite.length < rows.length ? [notNumbers(x, color)] : []),
      ...(panel.judged && best ? bestLabel(best, { x, y, extent, mode, unit, height: size.height }) : []),
    ],
    resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
  };
}

function numberFormat(logarithmic: boolean, rows: readonly { y: number }[]): { format?: string } {
  if (logarithmic) return { format: '.0e' };
  return rows.some(({ y }) => Math.abs(y) >= 100_000) ? { format: '~s' } : {};
}

/** Scores are shown whole; what spans three powers of ten is shown on a logarithmic axis. */
function yScale(panel: Panel, values: number[]): Record<string, unknown> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (panel.score && low >= 0 && high <= 1) return { domain: [0, 1], nice: false };
  if (low > 0 && high / low >= 1000 && !panel.score) return { type: 'log', nice: false };
  return { zero: low === high || (low >= 0 && (panel.zero === true || low < high / 3)), nice: 5 };
}

function bestRule(best: Point, x: object): object {
  return {
    data: { values: [{ x: best.x }] },
    mark: { type: 'rule', strokeDash: [3, 3], color: ink.axis, strokeWidth: 1.2 },
    encoding: { x },
  };
}

/** At the foot of the panel, or at its head where the best is the least. */
function bestLabel(
  best: Point,
  facts: {
    x: object;
    y: object;
    extent: [number, number];
    mode: 'max' | 'min';
    unit: string;
    height: number;
  },
): object[] {
  const { x, y, extent, mode, unit, height } = facts;
  const right = best.x > (extent[0] + extent[1]) / 2;
  const values = [
    { x: best.x, y: best.y, label: `best ${formatScore(best.y)} at ${unit} ${formatNumber(best.x)}` },
  ];
  return [
    {
      data: { values },
      mark: { type: 'point', filled: true, size: 90, color: bestColour, opacity: 1, stroke: ink.background },
      encoding: { x, y },
    },
    // Twice: the first keeps the lines away from the letters.
    ...[{ stroke: ink.background, strokeWidth: 4, strokeJoin: 'round' }, {}].map((halo) => ({
      data: { values },
      mark: {
        type: 'text',
        align: right ? 'right' : 'left',
        dx: right ? -7 : 7,
        fontSize: 11.5,
        fontWeight: 600,
        color: ink.text,
        ...halo,
      },
      encoding: { x, y: { value: mode === 'max' ? height - 10 : 20 }, text: { field: 'label' } },
    })),
  ];
}

/** Where a value is NaN or infinite there is a cross at the head of the panel. */
function notNumbers(x: object, color: object): object {
  return {
    transform: [{ filter: { not: { field: 'y', valid: true } } }],
    mark: { type: 'text', text: '×', fontSize: 13, fontWeight: 600, baseline: 'middle' },
    encoding: { x, y: { value: 5 }, color: { ...color, legend: null } },
  };
}
