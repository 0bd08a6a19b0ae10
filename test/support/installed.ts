import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageDir } from './program.ts';

/** What `npm install -g` of the packed tarball has made. */
export interface Installed {
  /** `<prefix>/lib/node_modules/facecom`. */
  folder: string;
  /** The program as a shell finds it. */
  program: string;
  prefix: string;
  /** Of npm. */
  stderr: string;
}

/** npm's own settings: none of this checkout's .npmrc, which `npm test` hands on as variables. */
const plainEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

const noNetwork = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|NETUNREACH|HOSTUNREACH)/;

/**
 * Packs this checkout and installs it globally, with npm as it comes, below a temporary folder that every user can read. Returns a text
 * where the registry cannot be reached. `remove` takes it away.
 */
export async function installPackage(): Promise<{ installed: Installed | string; remove(): Promise<void> }> {
  const temporary = await mkdtemp(join(tmpdir(), 'facecom-installed-'));
  const remove = () => rm(temporary, { recursive: true, force: true });
  try {
    await chmod(temporary, 0o755);
    // In the folder, npm would read its .npmrc, and leave out the script that builds.
    await execa('npm', ['pack', packageDir, '--pack-destination', temporary], {
      cwd: temporary,
      env: plainEnvironment(),
      extendEnv: false,
    });
    const [tarball] = (await readdir(temporary)).filter((name) => name.endsWith('.tgz'));
    const prefix = join(temporary, 'prefix');
    const args = [
      'install',
      '--global',
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      join(temporary, tarball!),
    ];
    const { failed, stderr } = await execa('npm', args, {
      cwd: temporary,
      env: plainEnvironment(),
      extendEnv: false,
      reject: false,
    });
    if (failed && noNetwork.test(stderr))
      return { installed: 'the package registry cannot be reached', remove };
    if (failed) throw new Error(stderr);
    const folder = join(prefix, 'lib', 'node_modules', 'facecom');
    return { installed: { folder, prefix, program: join(prefix, 'bin', 'facecom'), stderr }, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
