import { writeJson } from '../base/files.ts';
import { type Experiment, indecisiveKeys } from '../spec/index.ts';
import type { FailureClass } from './classes.ts';
import { configFile, type Origins, originsFile, readConfig, readOrigins } from './read-config.ts';

/** Takes over from a config what does not decide a run's result. Throws FacecomError `run-unreadable`. */
export function refreshConfig(runDir: string, now: Experiment): void {
  const before = readConfig(runDir);
  const after = {
    ...before,
    ...Object.fromEntries(indecisiveKeys.map((key) => [key, now[key as keyof Experiment]])),
  };
  if (JSON.stringify(after) !== JSON.stringify(before)) writeJson(configFile(runDir), after);
}

/** Writes a run's config anew, with where its values come from. */
export function replaceConfig(runDir: string, config: Experiment, origins: Origins): void {
  writeJson(originsFile(runDir), origins);
  writeJson(configFile(runDir), config);
}

/**
 * Changes values of a run's config, by dotted path, before it is started again after a failure, and says so in its origins. Throws
 * FacecomError `run-unreadable`.
 */
export function changeConfig(
  runDir: string,
  changes: Readonly<Record<string, number>>,
  why: FailureClass,
): void {
  if (Object.keys(changes).length === 0) return;
  const config = readConfig(runDir);
  const origins = readOrigins(runDir);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    const parent = keys.reduce<Record<string, unknown>>(
      (node, key) => node[key] as Record<string, unknown>,
      config as unknown as Record<string, unknown>,
    );
    origins[path] = { kind: 'retry', class: why, from: parent[last] };
    parent[last] = value;
  }
  // The origins first: an origin of a change that did not come to be is the lesser fault.
  writeJson(originsFile(runDir), origins);
  writeJson(configFile(runDir), config);
}
