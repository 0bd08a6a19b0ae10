// A checkout that belongs to somebody else.
import assert from 'node:assert/strict';
import { chmod, copyFile, cp, mkdir, readdir, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { execa } from 'execa';
import { asNobody, withoutNobody } from '../support/nobody.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

/** A copy of this checkout without a build, beside this one's packages, which root owns. */
async function checkout(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o755);
  for (const name of ['bin', 'schemas', 'experiments', 'scripts', 'src'])
    await cp(join(packageDir, name), join(folder, name), { recursive: true });
  await copyFile(join(packageDir, 'package.json'), join(folder, 'package.json'));
  await symlink(join(packageDir, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const start = (folder: string, args: string[], options: object) =>
  execa(process.execPath, [join(folder, 'bin', 'facecom.mjs'), ...args], { reject: false, ...options });

describe('a checkout of another user', { skip: withoutNobody }, () => {
  it('is built in the cache folder, finds its packages there, and is built once', async (t) => {
    const folder = await checkout(t);
    const cwd = await temporaryFolder(t);
    await chmod(cwd, 0o777);
    const cache = join(cwd, 'cache');
    const options = { cwd, ...asNobody({ FACECOM_CACHE_DIR: cache, FACECOM_SETUP: 'off' }) };
    const spec = join(folder, 'experiments', 'tiny.yaml');
    const args = ['run', spec, '--json', '--set', 'tracking.mlflow=off', '--set', 'train.epochs=1'];
    const run = await start(folder, args, options);
    assert.equal(run.exitCode, 0, run.stderr);
    assert.match(run.stdout, /"status":"finished"/);
    const [checkoutBuilds] = await readdir(join(cache, 'build'));
    const builds = (await readdir(join(cache, 'build', checkoutBuilds!))).sort();
    assert.deepEqual(builds.slice(1), ['node_modules', 'stamp.txt']);
    await start(folder, ['--version'], options);
    assert.deepEqual((await readdir(join(cache, 'build', checkoutBuilds!))).sort(), builds);
  });

  it('says how it is built where nothing can be written', async (t) => {
    const folder = await checkout(t);
    const { exitCode, stderr } = await start(folder, ['--version'], {
      cwd: folder,
      ...asNobody({ HOME: '/nonexistent' }),
    });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /^error\[not-built\]/);
    assert.match(stderr, /npm run build[\s\S]*FACECOM_CACHE_DIR/);
    assert.doesNotMatch(stderr, /\n +at /);
  });

  it('runs where its owner built it, copied or not, and names a package that is missing', async (t) => {
    const folder = await checkout(t);
    await start(folder, ['--version'], { cwd: folder });
    const options = { cwd: folder, ...asNobody({ HOME: '/nonexistent' }) };
    const built = await start(folder, ['--version'], options);
    assert.equal(built.exitCode, 0, built.stderr);
    // As `cp -r` leaves it: other times, the same contents.
    await utimes(join(folder, 'src', 'cli', 'main.ts'), 1, 1);
    const copied = await start(folder, ['--version'], options);
    assert.equal(copied.exitCode, 0, copied.stderr);
    assert.equal((await readdir(join(folder, 'dist'))).filter((name) => name !== 'stamp.txt').length, 1);

    // A package is missing, as while `npm ci` is at work: it is named before anything is launched.
    await rm(join(folder, 'node_modules'));
    await mkdir(join(folder, 'node_modules'));
    for (const name of await readdir(join(packageDir, 'node_modules')))
      if (name !== 'koffi')
        await symlink(join(packageDir, 'node_modules', name), join(folder, 'node_modules', name));
    const spec = join(folder, 'experiments', 'tiny.yaml');
    const run = await start(folder, ['run', spec, '--set', 'tracking.mlflow=off'], { cwd: folder });
    assert.equal(run.exitCode, 2, run.stderr);
    assert.match(run.stderr, /^error\[package-incomplete\].*koffi[\s\S]*npm ci/);
    const doctor = await start(folder, ['doctor'], { cwd: folder });
    assert.doesNotMatch(doctor.stdout, /ERR_MODULE_NOT_FOUND|setup --force/);
  });

  it('names what is missing where the packages for development are not installed', async (t) => {
    const folder = await temporaryFolder(t);
    for (const name of ['bin', 'schemas', 'scripts', 'src'])
      await cp(join(packageDir, name), join(folder, name), { recursive: true });
    await copyFile(join(packageDir, 'package.json'), join(folder, 'package.json'));
    await mkdir(join(folder, 'node_modules'));
    const { exitCode, stderr } = await start(folder, ['--version'], { cwd: folder });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /^error\[not-built\][\s\S]*npm ci/);
  });
});
