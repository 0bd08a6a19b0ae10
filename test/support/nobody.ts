import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { packageDir } from './program.ts';

const id = 65534;

/** Options of execa for another user, who has no home and may write nothing; `env` is all of their environment. */
export const asNobody = (env: Record<string, string> = {}) => ({
  uid: id,
  gid: id,
  extendEnv: false,
  env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, NO_COLOR: '1', FACECOM_MLFLOW: 'off', ...env },
  reject: false as const,
});

/** For `{ skip }` of a test that starts programs as another user: false if this one can, and they can read this checkout. */
export const withoutNobody: string | false = canBecomeNobody()
  ? false
  : 'another user cannot be taken on, or cannot read this folder: not root, or below a private folder';

function canBecomeNobody(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    const script = `require('fs').readdirSync(${JSON.stringify(packageDir)})`;
    execFileSync(process.execPath, ['-e', script], { uid: id, gid: id, env: {}, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
