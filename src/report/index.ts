export { writeCharts } from './write-charts.ts';
