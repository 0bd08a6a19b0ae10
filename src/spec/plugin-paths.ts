import { dirname, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { usePlugins } from './extend.ts';
import { type Problem, problemAt } from './problem.ts';
import type { Span } from './source.ts';
import type { MapNode, Node } from './tree.ts';

interface Named {
  file: string;
  span: Span;
}

/** A spec's tree with the paths of its plugins made absolute: each is relative to the file that names it, those of flags to `cwd`. */
export function withPluginPaths(root: MapNode, cwd: string): { root: MapNode; plugins: Named[] } {
  const entry = root.entries.get('plugins');
  if (entry?.node.kind !== 'list') return { root, plugins: [] };
  const plugins: Named[] = [];
  const items = entry.node.items.map((node): Node => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return node;
    const { source } = node.span;
    const file = resolve(source.kind === 'file' ? dirname(source.path ?? cwd) : cwd, node.value);
    plugins.push({ file, span: node.span });
    return { ...node, value: file };
  });
  const entries = new Map(root.entries).set('plugins', { ...entry, node: { ...entry.node, items } });
  return { root: { ...root, entries }, plugins };
}

/** Loads plugins and extends the schema by them. Returns what is wrong with one, at the place that names it. */
export async function usePluginsAt(plugins: readonly Named[]): Promise<Problem | undefined> {
  try {
    await usePlugins(plugins.map(({ file }) => file));
    return undefined;
  } catch (error) {
    if (!(error instanceof FacecomError) || !error.code.startsWith('plugin-')) throw error;
    const { code, message, place, found, expected, remedy } = error;
    const span = plugins.find(({ file }) => file === place?.file)?.span ?? plugins[0]!.span;
    return problemAt(span, {
      code,
      path: 'plugins',
      message: `${message} ${place?.file}`,
      found,
      expected,
      remedy,
    });
  }
}
