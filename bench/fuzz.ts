import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../src/base/errors.ts';
import { Random } from '../src/base/random.ts';
import { checkSpec } from '../src/operations/check-spec.ts';
import { formatProblems, SpecError } from '../src/spec/index.ts';
import type { BenchContext } from './support/context.ts';

const CASES = 20_000;

// 20,000 files that are nearly specs, or nothing at all ─▶ the check of `facecom validate` ─▶ no crash, no hang, the slowest answer.

export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  const examples = join(import.meta.dirname, '../experiments');
  const texts = (readdirSync(examples, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(examples, name), 'utf8'));
  for (const name of readdirSync(examples))
    if (name.endsWith('.yaml')) writeFileSync(join(folder, name), readFileSync(join(examples, name)));
  const previous = process.cwd();
  process.chdir(folder);
  context.defer(() => process.chdir(previous));
  const crashes: string[] = [];
  let slowest = { ms: 0, text: '' };
  let valid = 0;
  const cases = CASES * context.rounds(1);
  for (let k = 0; k < cases; k++) {
    const content = mutated(texts, new Random(k, 'fuzz'));
    writeFileSync('fuzz.yaml', content);
    const started = performance.now();
    try {
      const { problems } = await checkSpec('fuzz.yaml', {});
      if (problems.length > 0) formatProblems(problems);
      else valid++;
    } catch (error) {
      if (!(error instanceof FacecomError) || error instanceof SpecError)
        crashes.push(`case ${k}: ${(error as Error).stack ?? error}`);
    }
    const ms = performance.now() - started;
    if (ms > slowest.ms) slowest = { ms, text: `case ${k}` };
    if (k % 2000 === 1999)
      context.note(`${k + 1} cases, ${crashes.length} crashes, slowest ${slowest.ms.toFixed(0)} ms`);
  }
  for (const crash of crashes.slice(0, 5)) context.note(crash);
  context.report({
    case: 'crashes on fuzzed specs',
    ours: crashes.length,
    unit: 'crashes',
    better: 'lower',
    details: { cases, valid, first: crashes.slice(0, 3).map((crash) => crash.split('\n')[0]) },
  });
  context.report({
    case: 'the slowest answer to a fuzzed spec',
    ours: slowest.ms,
    unit: 'ms',
    better: 'lower',
    details: { cases, slowest: slowest.text },
  });
}

const shards = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '- ',
  '\n',
  '  ',
  '"',
  "'",
  '&a ',
  '*a',
  '!!',
  '? ',
  '|',
  '>',
  '#',
  '%',
  '@',
  '`',
  ',',
  '...',
  '---',
  '<<: ',
  '~',
  '1e999',
  '-0',
  '.nan',
  '0x',
  '9'.repeat(30),
  '__proto__',
  'constructor',
  '\0',
  '\ud800',
  '😀',
  '\u202e',
  '$' + '{HOME}',
  '../',
  'null',
  'true',
  'extends: fuzz.yaml\n',
  '[0]',
  'repeats: 1000',
  'trials: 999999',
  '{range: [0, 1e9, 1e-9]}',
  'normal: [0, 1e300]',
  '==',
];

/** A spec with some of its text changed, two of them mixed, or random bytes. */
function mutated(texts: readonly string[], random: Random): string | Buffer {
  const kind = random.integer(0, 9);
  if (kind === 0)
    return Buffer.from(Array.from({ length: random.integer(0, 300) }, () => random.integer(0, 255)));
  let text = random.pick(texts);
  for (let edits = random.integer(1, 6); edits > 0; edits--) {
    const at = random.integer(0, text.length);
    const to = Math.min(text.length, at + random.integer(0, random.chance(0.2) ? 80 : 6));
    switch (random.integer(0, 6)) {
      case 0:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, at) + random.pick(shards) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + random.pick(shards) + text.slice(to);
        break;
      case 3:
        text = text.slice(0, to) + text.slice(at, to).repeat(random.integer(1, 40)) + text.slice(to);
        break;
      case 4: {
        const other = random.pick(texts);
        const from = random.integer(0, other.length);
        text = text.slice(0, at) + other.slice(from, from + random.integer(0, 200)) + text.slice(to);
        break;
      }
      case 5:
        text = text.replace(/\d+(?:\.\d+)?/g, (number) =>
          random.chance(0.2)
            ? random.pick(['0', '-1', '1e308', '99999999999', number + number, '0.1'])
            : number,
        );
        break;
      default: {
        const lines = text.split('\n');
        const line = random.integer(0, lines.length - 1);
        lines.splice(random.integer(0, lines.length - 1), 0, lines[line]!);
        if (random.chance(0.5)) lines.splice(line, 1);
        text = lines.join('\n');
      }
    }
  }
  return text;
}
