import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from './support/context.ts';
import { program } from './support/program.ts';

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

/** Specs that no one writes by hand, by what is wide or deep in them. */
const specs: Record<string, string> = {
  'an ordinary spec': 'name: a\n',
  'a map of 100,000 keys': `name: a\n${lines(100_000, (i) => `k${i}: v\n`)}`,
  'a list of 100,000 values': `name: a\ntags: [${lines(100_000, () => '1,')}]\n`,
  'a map 128 deep': `name: a\ntags: ${'{k: '.repeat(128)}v${'}'.repeat(128)}\n`,
  'a list 100,000 deep': `name: a\ntags: ${'['.repeat(100_000)}\n`,
  '3,900 unknown keys': `name: a\n${lines(3900, (i) => `k${i}: v\n`)}`,
  '3,900 values of another type': `name: a\ntags:\n${lines(3900, (i) => `  k${i}: 1\n`)}`,
};

/** `facecom validate` of very wide and very deep specs, a cold process each, in turn: milliseconds to the answer. */
export async function run(context: BenchContext): Promise<void> {
  const cwd = await context.folder();
  const names = Object.keys(specs).filter((name) => context.wants(name));
  for (const [i, name] of names.entries()) writeFileSync(join(cwd, `${i}.yaml`), specs[name]!);
  const rounds = context.rounds(7);
  const sides = names.map((name, i) => {
    const side = async () => (await program(['validate', `${i}.yaml`], { cwd })).ms;
    return [name, side] as const;
  });
  for (const [name, { median, values }] of Object.entries(
    await context.alternate(rounds, Object.fromEntries(sides)),
  ))
    context.report({
      case: name,
      ours: median,
      unit: 'ms',
      better: 'lower',
      rounds,
      details: { slowest: Math.round(Math.max(...values)) },
    });
}
