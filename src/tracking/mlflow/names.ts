import { createHash } from 'node:crypto';

const LONGEST = 250; // characters, of a key

/**
 * A key of a metric, param or tag that MLflow takes: letters, digits, `_ / . - : space`, at most 250 characters, and no other
 * path than it is written as. One that it takes stays; of another one, what is not allowed becomes `_`, and the start of its hash
 * is added: no two names become one, whatever came before.
 */
export function legalKey(name: string): string {
  const legal = asPath(wellFormed(name).replace(/[^\p{L}\p{Nd}_/.\- :]/gu, '_'));
  if (legal === name && legal.length <= LONGEST) return legal;
  const end = `-${hashOf(name)}`;
  return whole(legal, LONGEST - end.length) + end;
}

/** A path of an artifact under which MLflow stores it; changed as keys are, with the hash before the extension. */
export function legalPath(path: string): string {
  const legal = asPath(
    wellFormed(path)
      // It decodes `%` more than once, refuses `#`, drops control characters, and does not find what begins with a space.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[%#\\\u0000-\u001f\u007f]/g, '_')
      .replace(/(^|\/)\s|\s(?=\/|$)/g, '$1_'),
  );
  return legal === path ? legal : hashed(legal, path);
}

/** The path with the start of a hash before its extension, so that it is still previewed as what it is. */
export function hashed(path: string, of: string): string {
  const [, stem, extension] = /^(.*?[^/])(\.[^./]*)?$/s.exec(path)!;
  return `${stem}-${hashOf(of)}${extension ?? ''}`;
}

function asPath(text: string): string {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  return parts.map((part) => (part === '..' ? '__' : part)).join('/') || '_';
}

const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 8);

/** A text without half characters and zeros, which databases refuse. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');
}

/** The first `length` characters, or one less where a pair would be cut. */
export function whole(text: string, length: number): string {
  const cut = text.slice(0, length);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
