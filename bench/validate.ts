import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from './support/context.ts';

// A cold process each: `facecom validate experiments/baseline.yaml`, of an installed package and of a checkout, against Hydra's hello-world app on the same keys.

export async function run(context: BenchContext): Promise<void> {
  const root = join(import.meta.dirname, '..');
  const python = await context.pythonEnvironment('bench-sweeps', ['hydra-core==1.3.2', 'optuna==4.5.0']);
  const folder = await context.folder();
  cpSync(join(import.meta.dirname, 'peers/hydra_app.py'), join(folder, 'app.py'));
  writeFileSync(join(folder, 'config.yaml'), readFileSync(join(root, 'experiments/baseline.yaml')));
  const time = (command: string, args: string[], cwd: string) => {
    const started = performance.now();
    const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    const ms = performance.now() - started;
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
    return ms;
  };
  const command = ['bin/facecom.mjs', 'validate', join(root, 'experiments/baseline.yaml')];
  const installed = installedIn(root, join(folder, 'installed'));
  const sides = {
    ours: () => time(process.execPath, command, installed),
    checkout: () => time(process.execPath, command, root),
    peer: () => time(python, ['app.py', '--config-dir', '.'], folder),
    node: () => time(process.execPath, ['-e', '0'], root),
  };
  // The first start builds, or fills the disk's cache.
  for (const side of Object.values(sides)) side();
  const rounds = context.rounds(15);
  const found = await context.alternate(rounds, sides);
  context.report({
    case: 'facecom validate experiments/baseline.yaml, cold process, as installed',
    ours: found.ours.median,
    peer: found.peer.median,
    unit: 'ms',
    better: 'lower',
    against: "Hydra 1.3.2's hello-world app on the same file",
    rounds,
    details: {
      ours: found.ours.values,
      peer: found.peer.values,
      empty_node: found.node.median,
      checkout: found.checkout.median,
    },
  });
}

/** What `npm pack` packs, as it lies when it is installed. */
function installedIn(root: string, folder: string): string {
  execFileSync(process.execPath, ['scripts/build.mjs', '--package'], { cwd: root });
  for (const part of ['bin', 'dist/package', 'schemas', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
