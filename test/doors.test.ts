// The layout of src/ as a test: which stage may import which, through its door (index.ts) alone, and no two files that import each other.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { packageDir } from './support/program.ts';

/** Lowest first. `base` may be imported by all, past its door: its files share nothing. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  plugins: [],
  pixels: [],
  machine: [],
  spec: ['plugins'],
  python: [],
  sweep: ['plugins', 'spec'],
  record: ['plugins', 'spec'],
  install: ['machine', 'python'],
  tensor: ['install'],
  data: ['pixels', 'plugins', 'spec'],
  augment: ['pixels', 'plugins', 'spec'],
  model: ['tensor', 'pixels', 'plugins', 'spec'],
  trainer: ['data', 'augment', 'model', 'tensor', 'record', 'install', 'spec'],
  orchestrator: ['sweep', 'spec', 'record', 'machine'],
  tracking: ['record', 'python', 'spec'],
  report: ['record', 'spec'],
};
const everyStage = Object.keys(mayImport);
mayImport.operations = everyStage;
mayImport.cli = [...everyStage, 'operations'];

const source = join(packageDir, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'));
const statements = /^(?:import|export)\s[^;]*?\sfrom\s+'(\.[^']+)'|^import\s+'(\.[^']+)'/gm;
const dynamic = /\bimport\(\s*'(\.[^']+)'/g;

interface Import {
  from: string;
  to: string;
}

function importsOf(pattern: RegExp): Import[] {
  return files.flatMap((from) =>
    [...readFileSync(join(source, from), 'utf8').matchAll(pattern)].map((match) => ({
      from,
      to: normalize(join(dirname(from), match[1] ?? match[2]!)).replaceAll('\\', '/'),
    })),
  );
}

const stageOf = (file: string): string => file.split('/')[0]!;
const fixed = importsOf(statements);
const across = [...fixed, ...importsOf(dynamic)].filter(
  ({ from, to }) => from.includes('/') && stageOf(from) !== stageOf(to) && !to.startsWith('../'),
);
const shown = (found: readonly Import[]) => found.map(({ from, to }) => `${from} → ${to}`);

test('a stage imports only the stages that the table allows', () => {
  const stages = new Set(files.filter((file) => file.includes('/')).map(stageOf));
  assert.deepEqual([...stages].sort(), Object.keys(mayImport).sort());
  const against = across.filter(
    ({ from, to }) => stageOf(to) !== 'base' && !mayImport[stageOf(from)]!.includes(stageOf(to)),
  );
  assert.deepEqual(shown(against), []);
});

test('a stage is imported through its door alone', () => {
  const past = across.filter(({ to }) => stageOf(to) !== 'base' && to !== `${stageOf(to)}/index.ts`);
  assert.deepEqual(shown(past), []);
});

test('no files import each other in a ring', () => {
  const graph = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { from, to } of fixed) if (existsSync(join(source, to))) graph.get(from)!.push(to);
  assert.deepEqual(ringsOf(graph), []);
});

/** The strongly connected components of more than one file (Tarjan, 1972). */
function ringsOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const rings: string[][] = [];
  const visit = (file: string) => {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const ring = stack.splice(stack.indexOf(file));
    if (ring.length > 1) rings.push(ring.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return rings;
}
