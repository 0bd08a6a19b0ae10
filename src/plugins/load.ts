import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { FacecomError } from '../base/errors.ts';
import { isRecord } from '../base/objects.ts';
import { type Definition, type Kind, kinds } from './definition.ts';
import { activatePlugins, pluginOf, remember } from './registry.ts';

/**
 * Loads files of plugins (absolute paths) and puts what they define in use. Throws FacecomError `plugin-missing`, `plugin-load`,
 * `plugin-shape` or `plugin-name` (exit code 2).
 */
export async function usePlugins(files: readonly string[] = []): Promise<void> {
  for (const file of files) await load(file);
  refuseTwice(files);
  activatePlugins(files);
}

async function load(file: string): Promise<void> {
  const bytes = await readFile(file).catch((cause) => {
    throw new FacecomError('plugin-missing', 'A plugin cannot be read.', {
      place: { file },
      found: cause instanceof Error ? cause.message : String(cause),
      expected: 'a file .ts, .mts, .js or .mjs, relative to the spec that names it',
      exitCode: 2,
      cause,
    });
  });
  const { hashOf } = await import('./digest.ts');
  const hash = hashOf(bytes);
  if (pluginOf(file)?.hash === hash) return;
  remember({ file, hash, definitions: definitionsOf(await importFile(file, hash), file) });
}

async function importFile(file: string, hash: string): Promise<unknown> {
  const { installHooks } = await import('./hooks.ts');
  installHooks();
  try {
    // The hash in the address: a file that has changed is loaded anew.
    return (await import(`${pathToFileURL(file)}?plugin=${hash.slice(0, 16)}`)).default;
  } catch (cause) {
    throw new FacecomError('plugin-load', 'A plugin cannot be loaded.', {
      place: { file },
      found: firstLines(cause, file),
      remedy: 'Correct the file: it is loaded by Node as an ES module.',
      exitCode: 2,
      cause,
    });
  }
}

/** The message, and the line of the file that it is about. */
function firstLines(cause: unknown, file: string): string {
  if (!(cause instanceof Error)) return String(cause);
  const line = cause.stack?.split('\n').find((one) => one.includes(file));
  const at = line && /:(\d+:\d+)\)?$/.exec(line.trim())?.[1];
  return `${cause.name}: ${cause.message.split('\n')[0]}${at ? ` (line ${at})` : ''}`;
}

function definitionsOf(exported: unknown, file: string): Definition[] {
  const all = Array.isArray(exported) ? exported : [exported];
  if (all.length === 0 || exported === undefined)
    throw wrongShape(file, exported === undefined ? 'no default export' : 'an empty list');
  return all.map((one) => definitionOf(one, file));
}

function definitionOf(value: unknown, file: string): Definition {
  if (!isRecord(value)) throw wrongShape(file, typeof value);
  const { kind, name, description, parameters } = value;
  const functions = Object.hasOwn(kinds, String(kind)) ? kinds[kind as Kind] : undefined;
  if (!functions) throw wrongShape(file, `kind: ${JSON.stringify(kind) ?? 'nothing'}`);
  if (typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(name))
    throw wrongShape(file, `name: ${JSON.stringify(name) ?? 'nothing'}`, 'small letters, digits and _');
  const of = `${kind} ${name}`;
  if (typeof description !== 'string' || description === '')
    throw wrongShape(file, `${of} has no description`);
  for (const one of functions)
    if (typeof value[one] !== 'function') throw wrongShape(file, `${of} has no function ${one}`);
  checkParameters(parameters, of, file);
  return value as unknown as Definition;
}

function checkParameters(parameters: unknown, of: string, file: string): void {
  if (parameters === undefined) return;
  if (!isRecord(parameters)) throw wrongShape(file, `the parameters of ${of} are no map`);
  for (const [key, schema] of Object.entries(parameters)) {
    if (!isRecord(schema) || typeof schema.type !== 'string' || typeof schema.description !== 'string')
      throw wrongShape(
        file,
        `the parameter ${key} of ${of}: ${JSON.stringify(schema) ?? 'nothing'}`,
        'a JSON Schema with type, description and default',
      );
  }
}

function wrongShape(file: string, found: string, expected?: string): FacecomError {
  return new FacecomError('plugin-shape', 'A plugin does not define what facecom can use.', {
    place: { file },
    found,
    expected:
      expected ??
      'a default export: what defineBackbone, defineHead, defineLoss, defineEffect, defineSource or defineSampler returns, or a list of these',
    exitCode: 2,
  });
}

function refuseTwice(files: readonly string[]): void {
  const owners = new Map<string, string>();
  for (const file of files)
    for (const { kind, name } of pluginOf(file)!.definitions) {
      const other = owners.get(`${kind} ${name}`);
      if (other) throw nameTaken(file, kind, name, other);
      owners.set(`${kind} ${name}`, file);
    }
}

/** A name that a plugin gives is another's. */
export function nameTaken(file: string, kind: Kind, name: string, owner: string): FacecomError {
  return new FacecomError('plugin-name', `The ${kind} ${name} exists already.`, {
    place: { file },
    found: `${name} in ${owner}`,
    remedy: 'Give it another name.',
    exitCode: 2,
  });
}
