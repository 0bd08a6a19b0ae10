// Node's hooks for the modules of plugins, known by `?plugin=` in their addresses: loaded by hooks.ts on a thread of their own.
import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'sucrase';

let addresses: Record<string, string> = {};

export const initialize: InitializeHook<Record<string, string>> = (data) => {
  addresses = data;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const mark = markOf(context.parentURL);
  if (mark === null) return next(specifier, context);
  const own = addresses[specifier];
  if (own || !/^\.{1,2}\//.test(specifier)) return next(own ?? specifier, context);
  // What a plugin imports from beside it is loaded as it is.
  const url = new URL(specifier, context.parentURL);
  url.searchParams.set('plugin', mark);
  return { url: url.href, shortCircuit: true };
};

export const load: LoadHook = async (url, context, next) => {
  const file = markOf(url) === null ? '' : fileURLToPath(new URL(url));
  if (!/\.[mj]?[jt]s$/.test(file)) return next(url, context);
  const text = await readFile(file, 'utf8');
  const source = /\.m?ts$/.test(file) ? javascriptOf(text, file) : text;
  return { format: 'module', source, shortCircuit: true };
};

function markOf(url: string | undefined): string | null {
  return url?.startsWith('file:') ? new URL(url).searchParams.get('plugin') : null;
}

/** Without types; lines keep their numbers. */
function javascriptOf(text: string, filePath: string): string {
  const options = { transforms: ['typescript' as const], disableESTransforms: true, filePath };
  return transform(text, options).code;
}
