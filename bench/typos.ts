import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../src/base/random.ts';
import { inspectExperiment } from '../src/spec/index.ts';
import { readTree } from '../src/spec/read.ts';
import { branchOf, childSchema, experimentSchema, fillDefaults, type Schema } from '../src/spec/schema.ts';
import type { Span } from '../src/spec/source.ts';
import { type Node, toValue } from '../src/spec/tree.ts';
import { checkSweep } from '../src/sweep/index.ts';
import type { BenchContext } from './support/context.ts';
import { typosOf } from './support/typos.ts';

// Every key, enum value and swept path of every example with every letter left out or swapped, and some replaced and put in:
//   the example with one typo ─▶ problems ─▶ is the word that was meant what is suggested, at its place?

interface Word {
  kind: 'key' | 'enum' | 'path';
  text: string;
  span: Span;
  /** Words that are right in its place: a typo that makes one of them is none. */
  others: readonly string[];
}

export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  cpSync(join(import.meta.dirname, '../experiments'), folder, { recursive: true });
  const some = 4 * context.rounds(1);
  const count = { key: [0, 0], enum: [0, 0], path: [0, 0] } as Record<Word['kind'], [number, number]>;
  const missed: string[] = [];
  for (const file of readdirSync(folder, { recursive: true }) as string[]) {
    if (!file.endsWith('.yaml')) continue;
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const random = new Random(1, 'typos', file);
    for (const word of wordsOf(text))
      for (const typo of typosOf(word.text, random, some)) {
        if (word.others.includes(typo)) continue;
        writeFileSync(path, text.slice(0, word.span.start) + typo + text.slice(word.span.end));
        const { problems, resolved } = await inspectExperiment(file, { cwd: folder });
        const all = resolved ? [...problems, ...checkSweep(resolved)] : problems;
        const right = all.some(({ suggestion }) => suggestion === word.text);
        count[word.kind][right ? 1 : 0]++;
        if (!right) missed.push(`${file}: ${word.text} → ${typo}`);
      }
    writeFileSync(path, text);
  }
  const [no, yes] = Object.values(count).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  for (const [kind, [wrong, right]] of [...Object.entries(count), ['all', [no!, yes!]] as const])
    context.report({
      case: `typos of ${kind === 'all' ? 'all kinds' : `${kind}s`} answered with what was meant`,
      ours: (100 * right) / (right + wrong),
      unit: '%',
      better: 'higher',
      details: {
        typos: right + wrong,
        ...(kind === 'all' ? { missed: missed.length, first: missed.slice(0, 20) } : {}),
      },
    });
}

function wordsOf(text: string): Word[] {
  const source = { kind: 'file' as const, name: 'spec', text };
  const tree = readTree(source, [])!;
  const words: Word[] = [];
  const visit = (node: Node, schema: Schema | undefined, sweeps: boolean) => {
    // Where a union is told apart by a key with a default, its value decides the branch.
    const value = schema && fillDefaults(schema, toValue(node));
    if (node.kind === 'map') {
      const keys = Object.keys((schema && branchOf(schema, value)?.properties) ?? {});
      for (const [key, entry] of node.entries) {
        const child = schema && childSchema(schema, key, value);
        if (keys.includes(key)) words.push({ kind: 'key', text: key, span: entry.key, others: keys });
        else if (sweeps) words.push({ kind: 'path', text: key, span: entry.key, others: [] });
        visit(entry.node, child, key === 'axes' || key === 'when');
        const tag = schema?.discriminator?.propertyName;
        const choices =
          tag === key
            ? schema!.oneOf!.map((branch) => String(branch.properties![tag]!.const))
            : ((child?.then?.enum ?? child?.enum ?? []) as string[]);
        if (entry.node.kind === 'scalar' && choices.includes(String(entry.node.value)))
          words.push({
            kind: 'enum',
            text: String(entry.node.value),
            span: entry.node.span,
            others: choices,
          });
      }
    } else if (node.kind === 'list')
      for (const [i, item] of node.items.entries())
        visit(item, schema && childSchema(schema, i, value), false);
  };
  visit(tree, experimentSchema, false);
  return words;
}
