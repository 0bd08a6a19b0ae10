import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { resolveConfig } from '../../src/spec/index.ts';
import { facecom } from '../support/program.ts';
import { folderWith } from '../support/specs.ts';

it('writes a commented spec that is valid and says the defaults, with and without its sweep', async (t) => {
  const cwd = await folderWith(t, {});
  assert.equal((await facecom(['init', 'sub/my faces.yaml'], { cwd })).exitCode, 0);
  const file = join(cwd, 'sub/my faces.yaml');
  const text = await readFile(file, 'utf8');
  assert.match(text, /^# yaml-language-server: \$schema=\S+experiment\.schema\.json\n/);
  assert.match(text, /\n {2}lr: 0\.001 +# Learning rate\.\n/);
  const { exitCode, json } = await facecom(['run', file, '--dry-run', '--json'], { cwd });
  assert.equal(exitCode, 0);
  assert.deepEqual(json[0].config, JSON.parse(JSON.stringify(resolveConfig({ name: 'my-faces' }))));
});

it('overwrites nothing', async (t) => {
  const cwd = await folderWith(t, { 'experiment.yaml': 'name: mine\n' });
  const { exitCode, stderr, json } = await facecom(['init', '--json'], { cwd });
  assert.equal(exitCode, 2);
  assert.equal(json[0].error.code, 'init-exists');
  assert.match(stderr, /nothing is overwritten/);
  assert.equal(await readFile(join(cwd, 'experiment.yaml'), 'utf8'), 'name: mine\n');
});
