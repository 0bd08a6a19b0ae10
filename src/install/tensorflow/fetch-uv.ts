import { readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../base/files.ts';
import type { Python } from '../../python/index.ts';
import { runPip, watchGrowth } from '../../python/index.ts';
import { type FetchOptions, KEPT, requirementArgs, WHEEL_PYTHON } from './fetch-pip.ts';

/** Fetches the wheels with uv, which unpacks them whole, and keeps what is needed. Where there is no Python, uv gets one. */
export async function fetchWithUv(python: Python | undefined, options: FetchOptions): Promise<void> {
  const { plan, work } = options;
  makeFolder(work);
  const interpreter = python?.path ?? (await pythonOfItsOwn(options));
  for (const requirement of plan.requirements) await install(interpreter, requirement, options);
}

async function pythonOfItsOwn({ work, signal, progress }: FetchOptions): Promise<string> {
  const folder = join(work, 'venv');
  progress?.({ what: 'a Python for uv' });
  await runPip('uv', ['venv', '--python', WHEEL_PYTHON, folder], { what: 'a Python for uv', signal });
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

async function install(python: string, requirement: string, options: FetchOptions): Promise<void> {
  const { plan, root, work, signal, progress } = options;
  const what = /^[\w-]+/.exec(requirement)![0];
  // A cache of its own, on the same disk: files are moved, not copied, and nothing stays behind.
  const [site, cache] = [join(work, 'site'), join(work, 'cache')];
  for (const folder of [site, cache]) makeFolder(folder);
  const growth = watchGrowth(cache, `fetching ${what}`, progress);
  const flags = [
    ...[
      '--no-deps',
      '--only-binary',
      ':all:',
      '--no-progress',
      '--cache-dir',
      cache,
      '--link-mode',
      'hardlink',
    ],
    ...['--python', python, '--python-version', WHEEL_PYTHON, '--python-platform', plan.uvPlatform],
  ];
  try {
    await runPip(
      'uv',
      ['pip', 'install', ...flags, '--target', site, ...requirementArgs(requirement, work)],
      {
        what: requirement.split(' --hash')[0]!,
        signal,
      },
    );
  } finally {
    growth.stop();
  }
  keep(site, root);
  for (const done of [site, cache]) rmSync(done, { recursive: true, force: true });
}

function keep(site: string, root: string): void {
  for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath ?? entry.path, entry.name);
    const name = from.slice(site.length + 1).replaceAll('\\', '/');
    if (entry.isDirectory() || !KEPT.test(name)) continue;
    makeFolder(dirname(join(root, name)));
    renameSync(from, join(root, name));
  }
}
