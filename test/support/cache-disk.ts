import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { execa } from 'execa';

const allowed =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  (await execa('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'], { reject: false })).exitCode === 0;

/** For `{ skip }` of a test that needs a disk of its own. */
export const withoutDisk: string | false = allowed ? false : 'only root may mount a small file system';

/** A folder on a disk of this size, such as `4m`, which is gone after the test. */
export async function smallDisk(t: TestContext, size: string): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), 'facecom-test-disk-'));
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  t.after(async () => {
    await execa('umount', ['-l', disk], { reject: false });
    await rmdir(disk);
  });
  return disk;
}
