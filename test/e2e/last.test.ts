import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

test('an experiment or a folder named last does not stand for the run that was made last', async (t) => {
  const cwd = await temporaryFolder(t);
  const shadow = writeExperiment(cwd, 'finish', { name: 'last' });
  const spec = writeExperiment(cwd, 'finish', { name: 'newer' });
  mkdirSync(join(cwd, 'last'));
  writeFileSync(join(cwd, 'last', 'config.json'), '{}');
  for (const file of [shadow, spec])
    assert.equal((await facecom(['run', file, '--quiet'], { cwd })).exitCode, 0);
  for (const command of ['status', 'report']) {
    const { exitCode, stdout, stderr } = await facecom([command, 'last', '--json'], { cwd });
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /newer/);
  }
});
