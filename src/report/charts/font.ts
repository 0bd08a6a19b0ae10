import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Font, Glyph, PathCommand } from 'opentype.js';
import { packageFolder } from '../../base/folders.ts';

/** The typeface of every chart: it comes with the program, so that charts look the same on a machine without any font. */
export const FAMILY = 'Inter';

/** Measures text and draws it as an outline. */
export interface Face {
  /** Pixels at a size in pixels. */
  width(text: string, size: number): number;
  /** The data of an SVG path; the text's baseline starts at x, 0. */
  outline(text: string, size: number, x: number): string;
  /** The font's file in the WOFF2 format. */
  woff2: Buffer;
}

export interface Faces {
  regular: Face;
  bold: Face;
}

let loaded: Promise<Faces> | undefined;

export function loadFaces(): Promise<Faces> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Faces> {
  const { default: opentype } = await import('opentype.js');
  const open = (weight: number): Face => {
    const { buffer, byteOffset, byteLength } = fontFile(weight, 'woff');
    const font = opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    return face(font, fontFile(weight, 'woff2'));
  };
  return { regular: open(400), bold: open(600) };
}

function fontFile(weight: number, format: string): Buffer {
  const require = createRequire(join(packageFolder(), 'package.json'));
  return readFileSync(require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.${format}`));
}

/** Glyph by glyph, as the labels of charts need no ligatures; a question mark stands for what the font lacks. */
function face(font: Font, woff2: Buffer): Face {
  const cache = new Map<string, Glyph>();
  const glyph = (character: string): Glyph => {
    let found = cache.get(character);
    if (!found) {
      found = font.charToGlyph(font.charToGlyphIndex(character) > 0 ? character : '?');
      cache.set(character, found);
    }
    return found;
  };
  const advance = (character: string, size: number) =>
    ((glyph(character).advanceWidth ?? 0) * size) / font.unitsPerEm;
  return {
    woff2,
    width: (text, size) => [...text].reduce((sum, character) => sum + advance(character, size), 0),
    outline: (text, size, x) => {
      let data = '';
      let at = x;
      for (const character of text) {
        data += pathData(glyph(character).getPath(at, 0, size).commands);
        at += advance(character, size);
      }
      return data;
    },
  };
}

/**
 * The commands of an outline as an SVG path. The library's own writer leaves out the space before a coordinate that is rounded to −0,
 * which joins it to the one before.
 */
function pathData(commands: readonly PathCommand[]): string {
  const number = (value: number | undefined) => `${Math.round((value ?? 0) * 100) / 100 + 0}`;
  return commands
    .map(({ type, ...at }) => {
      const points = { M: [at.x, at.y], L: [at.x, at.y], Q: [at.x1, at.y1, at.x, at.y] } as const;
      const curve = [at.x1, at.y1, at.x2, at.y2, at.x, at.y];
      if (type === 'Z') return 'Z';
      return `${type}${(type === 'C' ? curve : points[type]).map(number).join(' ')}`;
    })
    .join('');
}

export const isBold = (weight: unknown): boolean => weight === 'bold' || Number(weight) >= 600;
