export type { ChangedImage } from './compare/changed.ts';
export { type Comparison, compareSides, inReadingOrder, type Side } from './compare/compare.ts';
export { type ConfigDifference, configDifferences } from './compare/config-differences.ts';
export type { ImageTest } from './compare/image-test.ts';
export { readSweep, type SweepRecord } from './trials/read-sweep.ts';
export { checkChartFile, writeBatchChart, writeRateChart } from './tune-charts.ts';
export { writeCharts } from './write-charts.ts';
export {
  concludeReport,
  livePage,
  type WrittenReport,
  writeComparison,
  writeRunReport,
  writeSweepReport,
} from './write-report.ts';
