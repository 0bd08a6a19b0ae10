export { writeCharts } from './write-charts.ts';
export { writeRunReport } from './write-report.ts';
