import type { TopLevelSpec } from 'vega-lite';
import { type Faces, isBold, loadFaces } from './font.ts';
import { outlineText } from './outline-text.ts';
import { theme } from './theme.ts';

export interface Chart {
  /** Vega-Lite, with its data. */
  spec: TopLevelSpec;
  svg: string;
}

/** Draws a Vega-Lite spec. Throws if Vega cannot. */
export async function render(spec: TopLevelSpec): Promise<Chart> {
  const [vega, { compile }, faces] = await Promise.all([import('vega'), import('vega-lite'), loadFaces()]);
  measureWith(faces, vega);
  const whole = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...spec,
    config: theme,
  } as TopLevelSpec;
  const problems: string[] = [];
  const logger = quietLogger(problems);
  const compiled = compile(whole, { logger });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logger });
  try {
    const svg = await view.toSVG();
    if (problems.length > 0) throw new Error(problems.join(' '));
    return { spec: whole, svg };
  } finally {
    view.finalize();
  }
}

/** A PNG of an SVG that `render` drew: alike on every machine, with or without fonts. `scale` is pixels a pixel of the SVG. */
export async function toPng(svg: string, { scale = 2 } = {}): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const outlined = outlineText(svg, await loadFaces());
  return sharp(Buffer.from(outlined), { density: 72 * scale, limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .png({ palette: true, colours: 64, effort: 1, dither: 0 })
    .toBuffer();
}

interface Measured {
  fontSize?: number;
  fontWeight?: unknown;
  text?: unknown;
}

/** Without a canvas Vega takes every letter for a wide one; the typeface itself knows. */
function measureWith(faces: Faces, vega: typeof import('vega')): void {
  const { textMetrics } = vega as unknown as {
    textMetrics: { width: (item: Measured, text: unknown) => number };
  };
  textMetrics.width = (item, text) => {
    if (text === undefined || text === null) return 0;
    const face = isBold(item.fontWeight) ? faces.bold : faces.regular;
    return face.width(String(text).trim(), Number(item.fontSize ?? 11));
  };
}

/** Nothing is printed; errors are kept. */
function quietLogger(errors: string[]) {
  const logger = {
    level: () => logger,
    error: (...args: unknown[]) => {
      errors.push(args.map(String).join(' '));
      return logger;
    },
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return logger as never;
}
