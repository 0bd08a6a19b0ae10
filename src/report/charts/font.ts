import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Font, Glyph } from 'opentype.js';
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
        data += glyph(character).getPath(at, 0, size).toPathData(2);
        at += advance(character, size);
      }
      return data;
    },
  };
}

export const isBold = (weight: unknown): boolean => weight === 'bold' || Number(weight) >= 600;
