import { type FSWatcher, watch } from 'node:fs';

/** Milliseconds for which changes are gathered. */
const GATHER = 100;

/** Tells of changes in a folder, where this machine made them; other file systems tell nothing, and polling has to do. */
export function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  const gathering: { timer?: NodeJS.Timeout } = {};
  try {
    const watcher = watch(folder, () => {
      gathering.timer ??= setTimeout(() => {
        delete gathering.timer;
        changed();
      }, GATHER);
    });
    return watcher.on('error', () => {}).unref();
  } catch {
    // No watches are left on this machine.
    return undefined;
  }
}
