import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { listImages } from '../../src/data/index.ts';
import { temporaryFolder } from '../support/program.ts';
import { writeTree } from './support/trees.ts';

test('images to predict: regular files, each once, whatever links and pipes lie beside them', async (t) => {
  const folder = await writeTree(await temporaryFolder(t), [
    'p/a.png',
    'p/sub/b.PGM',
    ['p/notes.txt', 'x'],
    ['p/Thumbs.db', 'x'],
    'outside.png',
  ]);
  await symlink('.', join(folder, 'p', 'self'));
  await symlink('a.png', join(folder, 'p', 'again.png'));
  await symlink('../outside.png', join(folder, 'p', 'link.png'));
  execFileSync('mkfifo', [join(folder, 'p', 'pipe.jpg')]);
  const names = async (...paths: string[]) =>
    (await listImages(paths.map((path) => join(folder, path)))).images.map(({ name }) => name);
  assert.deepEqual(await names('p'), ['a.png', 'sub/b.PGM']);
  const { leftOut } = await listImages([join(folder, 'p')]);
  assert.deepEqual(
    leftOut.map(({ name }) => name),
    ['pipe.jpg', 'link.png'],
  );
  await assert.rejects(names('p/pipe.jpg'), { code: 'data-picture-special', exitCode: 2 });
  await assert.rejects(names('gone'), { code: 'data-path-missing' });
});
