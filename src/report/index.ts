export { writeCharts } from './write-charts.ts';
export { type WrittenReport, writeRunReport, writeSweepReport } from './write-report.ts';
