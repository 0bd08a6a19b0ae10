import type { Config } from 'vega-lite';
import { FAMILY } from './font.ts';

/** Colours of lines, text and ground. */
export const ink = {
  text: '#1f2328',
  muted: '#59636e',
  grid: '#e3e6ea',
  axis: '#aab2bb',
  background: '#ffffff',
};

/** Told apart also by readers who do not see all colours (Okabe and Ito, 2008). */
export const palette = {
  black: '#30363d',
  orange: '#d55e00',
  blue: '#0072b2',
  green: '#00875f',
  purple: '#aa4499',
  yellow: '#b07c00',
  sky: '#3a9bd8',
};

/** Text on the cells of a matrix, which keep their colours in the dark. */
export const onCell = { light: '#16202b', dark: '#fdfeff' };

/** What stands for each colour on a dark ground: charts are drawn for paper, the page exchanges their inks. */
export const inTheDark: Readonly<Record<string, string>> = {
  [ink.text]: '#e6e9ed',
  [ink.muted]: '#9aa4af',
  [ink.grid]: '#2b323a',
  [ink.axis]: '#4a545f',
  [ink.background]: '#171b21',
  [palette.black]: '#c9d1d9',
  [palette.orange]: '#ff8a3d',
  [palette.blue]: '#4aa8e8',
  [palette.green]: '#3cc795',
  [palette.purple]: '#dd84cf',
  [palette.yellow]: '#e0ae3c',
  [palette.sky]: '#8ccdf5',
};

export const series = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.purple,
  palette.yellow,
  palette.sky,
  palette.black,
];

export const best = palette.orange;

const font = `${FAMILY}, 'Helvetica Neue', Arial, sans-serif`;

export const theme: Config = {
  font,
  aria: false,
  background: ink.background,
  padding: 16,
  title: {
    anchor: 'start',
    fontSize: 17,
    fontWeight: 600,
    color: ink.text,
    subtitleColor: ink.muted,
    subtitleFontSize: 12.5,
    subtitlePadding: 6,
    offset: 18,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11.5,
    titleFontWeight: 'normal',
    labelColor: ink.muted,
    titleColor: ink.muted,
    gridColor: ink.grid,
    domainColor: ink.axis,
    tickColor: ink.axis,
    titlePadding: 8,
    labelPadding: 4,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false, minExtent: 44 },
  view: { stroke: null },
  legend: {
    title: null,
    orient: 'top',
    direction: 'horizontal',
    labelFontSize: 11.5,
    labelColor: ink.text,
    labelLimit: 220,
    symbolType: 'stroke',
    symbolSize: 220,
    symbolStrokeWidth: 2.4,
    columnPadding: 16,
    offset: 8,
    padding: 0,
  },
  line: { strokeWidth: 2, strokeJoin: 'round', strokeCap: 'round' },
};
