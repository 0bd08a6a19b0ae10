import type { Definition, Kind, Plugin } from './definition.ts';

const loaded = new Map<string, Plugin>();
let active: readonly Plugin[] = [];
let listeners: Array<() => void> = [];

export function remember(plugin: Plugin): void {
  loaded.set(plugin.file, plugin);
}

export const pluginOf = (file: string): Plugin | undefined => loaded.get(file);

/** Called when other plugins are in use than before: schemas and what is derived from them. */
export function onPluginsChange(listener: () => void): void {
  listeners = [...listeners, listener];
}

/**
 * Puts the plugins of an experiment in use, in place of those of another; they have been loaded. What a process computes at once belongs to one
 * experiment.
 */
export function activatePlugins(files: readonly string[] = []): void {
  const wanted = files.map((file) => loaded.get(file)).filter((plugin) => plugin !== undefined);
  if (wanted.length === active.length && wanted.every((plugin, i) => plugin === active[i])) return;
  active = wanted;
  for (const listener of listeners) listener();
}

/** The definitions in use. */
export const definitionsInUse = (): readonly Definition[] => active.flatMap(({ definitions }) => definitions);

/** What a plugin in use adds by a name. */
export function extension<T extends object>(kind: Kind, name: string): (T & Definition) | undefined {
  const found = definitionsInUse().find((one) => one.kind === kind && one.name === name);
  return found as (T & Definition) | undefined;
}

/** SHA-256 of the file that adds it, hexadecimal. */
export const extensionHash = (kind: Kind, name: string): string | undefined =>
  active.find(({ definitions }) => definitions.some((one) => one.kind === kind && one.name === name))?.hash;

export const extensionNames = (kind: Kind): string[] =>
  definitionsInUse()
    .filter((one) => one.kind === kind)
    .map(({ name }) => name);
