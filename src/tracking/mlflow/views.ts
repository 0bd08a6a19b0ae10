import type { Objective } from '../../record/index.ts';
import { legalKey } from './names.ts';
import { bestName } from './score-names.ts';

/** The view of all runs of an experiment. */
export const ALL_RUNS = 'facecom';

/** The view of a sweep's runs. */
export const viewOfSweep = (run: string): string => `facecom-${run.slice(0, 8)}`;

/** The tag of an experiment that holds a view of its list of runs, as MLflow's "share" writes it. */
export const viewTag = (key: string): string => `mlflow.sharedViewState.${key}`;

/** Scores by which runs are compared, the first ones in front. */
const scores = ['combined', 'gender_accuracy', 'identity_top1'];
const scoreColumns = [...scores.map((name) => `val_best/${name}`), ...scores.map((name) => `test/${name}`)];

const column = (kind: 'metrics' | 'params' | 'attributes', name: string): string => `${kind}.\`${name}\``;

/**
 * The groups of charts in the order of reading: what runs are chosen by, its curves, and the test, by which nothing is chosen, after them.
 * MLflow would have them in the order of their names; others come after these.
 */
const groups = ['val_best', 'val', 'train', 'test', 'Model metrics'];

const group = (name: string, more: object = {}) => ({
  uuid: `facecom-${name}`,
  name,
  display: true,
  isReordered: false,
  ...more,
});

/**
 * The list of an experiment's runs with the scores and what is changed most; lines over epochs. A trainer of another make (`own` false)
 * may tell no epoch, over which its lines would be empty, and have no metric of these groups.
 */
export const allRunsView = ({ own = true } = {}): string =>
  view({
    columns: [
      ...scoreColumns.map((name) => column('metrics', name)),
      ...['model.backbone', 'optimizer.lr', 'train.epochs', 'train.batch_size', 'seed'].map((name) =>
        column('params', name),
      ),
    ],
    epochs: own,
    more: own
      ? {
          isAccordionReordered: true,
          compareRunSections: groups.map((name) => group(name)),
          compareRunCharts: [],
        }
      : {},
  });

/** Characters for the axes in a view: a tag of an experiment has at most 5,000 in all. */
const MOST_AXES = 2200;

/** The first axes, as many as there is room for. */
function fitting(axes: readonly string[]): string[] {
  let room = MOST_AXES;
  return axes.map(legalKey).filter((name) => {
    // Each is there four times.
    room -= 4 * name.length + 52;
    return room >= 0;
  });
}

/** What of a sweep its view depends on. */
export interface SweepShown {
  /** The filter that finds its runs. */
  filter: string;
  axes: readonly string[];
  objective: Objective;
  /** Trained by the built-in trainer, whose metrics are known before it starts. */
  own: boolean;
  /** Final scores of its trials by the record's names: of a trainer of another make, all that is known. */
  scores: readonly string[];
}

/** Of another make's scores, columns and the longest name of one (characters): a tag has little room. */
const OTHERS = { most: 6, longest: 60 };

/** The list of a sweep's runs, the best first, with their axes and scores; parallel coordinates and a scatter plot in front of the curves. */
export function sweepView({ filter, axes, objective, own, scores: found }: SweepShown): string {
  const nameOf = (score: string) => legalKey(bestName(score));
  const metric = nameOf(objective.metric);
  const params = fitting(axes);
  const known = new Set(own ? scoreColumns : found.map(nameOf));
  const others = own ? [] : [...known].filter((name) => name.length <= OTHERS.longest);
  const metrics = [
    ...new Set([metric, ...scoreColumns.filter((name) => known.has(name)), ...others.slice(0, OTHERS.most)]),
  ];
  const section = 'facecom-sweep';
  const chart = (type: string, more: object) => ({
    type,
    uuid: `${section}-${type.toLowerCase()}`,
    metricSectionId: section,
    runsCountToCompare: 100,
    deleted: false,
    isGenerated: false,
    ...more,
  });
  const [, gender, identity] = scores.map((name) => `val_best/${name}`);
  const both = known.has(gender!) && known.has(identity!);
  return view({
    filter,
    order: { metric, ascending: objective.mode === 'min' },
    columns: [
      ...params.map((name) => column('params', name)),
      column('params', 'seed'),
      ...metrics.map((name) => column('metrics', name)),
    ],
    epochs: own,
    more: {
      isAccordionReordered: true,
      compareRunSections: [
        group('Sweep', { uuid: section }),
        ...(own ? groups : groupsOf(known)).map((name) => group(name)),
      ],
      compareRunCharts: [
        chart('PARALLEL', {
          selectedParams: params,
          selectedMetrics: metrics.slice(0, 3),
          showAllRuns: true,
        }),
        ...(both
          ? [
              chart('SCATTER', {
                xaxis: { key: gender, type: 'METRIC' },
                yaxis: { key: identity, type: 'METRIC' },
              }),
            ]
          : []),
      ],
    },
  });
}

/** The groups that these metrics are in, as far as they have a place; an empty one would be shown as such. */
const groupsOf = (metrics: ReadonlySet<string>): string[] =>
  groups.filter((name) => [...metrics].some((metric) => metric.startsWith(`${name}/`)));

/** Columns that each list begins with, and their widths (pixels). */
const fixedColumns = new Map([
  [column('attributes', 'Run Name'), 280],
  ['runDateAndNestInfo', 150],
  ['duration', 90],
]);

/** Pixels in which the head of a column is legible. */
const widthOf = (column: string): number => Math.max(90, 45 + 7 * (column.length - 'metrics.``'.length));

interface View {
  columns: readonly string[];
  filter?: string;
  order?: { metric: string; ascending: boolean };
  /** Lines are over epochs, else over steps. */
  epochs: boolean;
  more?: object;
}

/** What MLflow's page keeps of a list of runs (its ExperimentPageUIState and search facets), from 2.x on the same. */
function view({ columns, filter = '', order, epochs, more }: View): string {
  return JSON.stringify({
    searchFilter: filter,
    orderByKey: order ? column('metrics', order.metric) : 'attributes.start_time',
    orderByAsc: order?.ascending ?? false,
    startTime: 'ALL',
    lifecycleFilter: 'Active',
    datasetsFilter: [],
    modelVersionFilter: 'All Runs',
    selectedColumns: columns,
    // From 3.17 on; by themselves they would stand in the order of their names.
    columnOrder: [...fixedColumns.keys(), ...columns],
    columnWidths: Object.fromEntries([...fixedColumns, ...columns.map((id) => [id, widthOf(id)] as const)]),
    runsExpanded: {},
    runsPinned: [],
    runsHidden: [],
    runsVisibilityMap: {},
    runsHiddenMode: 'FIRST_20_RUNS',
    viewMaximized: false,
    runListHidden: false,
    isAccordionReordered: false,
    useGroupedValuesInCharts: true,
    hideEmptyCharts: true,
    groupBy: null,
    groupsExpanded: {},
    autoRefreshEnabled: true,
    globalLineChartConfig: {
      xAxisKey: epochs ? 'metric' : 'step',
      lineSmoothness: 0,
      selectedXAxisMetricKey: epochs ? 'epoch' : '',
    },
    ...more,
  });
}
