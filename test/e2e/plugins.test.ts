// Plugins through the real program: trainers are processes of their own, and plugins lie where facecom is not installed.
import assert from 'node:assert/strict';
import { appendFile, cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

const off = ['--set', 'tracking.mlflow=off', '--set', 'resources.backend=wasm'];

describe('the example of plugins', () => {
  it('trains, sweeps, scores and predicts away from the checkout; a plugin that changed is refused', async (t) => {
    const cwd = await temporaryFolder(t);
    await cp(join(packageDir, 'experiments', 'plugins'), cwd, { recursive: true });
    const run = await facecom(['run', 'plugins.yaml', '--json', '--set', 'train.epochs=6', ...off], { cwd });
    assert.equal(run.exitCode, 0, run.stderr);
    const { dir, metrics } = run.json.at(-1);
    // Stripes are easy: what does not learn them is not trained by its plugins.
    assert.ok(metrics['test/identity_top1'] > 0.6, JSON.stringify(metrics));
    const config = JSON.parse(await readFile(join(cwd, dir, 'config.json'), 'utf8'));
    assert.deepEqual(config.model.small_cnn, { widths: [8, 16] });
    assert.equal(config.loss.brier.smoothing, 0.05);
    const scored = await facecom(['evaluate', dir, '--json', '--split', 'test'], { cwd });
    assert.equal(scored.exitCode, 0, scored.stderr);
    assert.ok(Math.abs(scored.json.at(-1).metrics['test/combined'] - metrics['test/combined']) < 1e-6);
    const swept = await facecom(['sweep', 'plugins.yaml', '--json', '--set', 'train.epochs=1', ...off], {
      cwd,
    });
    assert.equal(swept.exitCode, 0, swept.stderr);
    assert.equal(swept.json.at(-1).finished, 3);
    const runs = await readdir(join(cwd, 'runs', 'plugins'));
    await appendFile(join(cwd, 'stripes.ts'), '// changed\n');
    const refused = await facecom(['evaluate', dir, '--json'], { cwd });
    assert.equal(refused.exitCode, 2, refused.stderr);
    assert.equal(refused.json[0].error.code, 'plugin-changed');
    // Other trials: nothing that was trained with the other file is taken for theirs.
    const again = await facecom(['sweep', 'plugins.yaml', '--json', '--set', 'train.epochs=1', ...off], {
      cwd,
    });
    assert.equal(again.json.at(-1).skipped, 0, again.stderr);
    assert.ok((await readdir(join(cwd, 'runs', 'plugins'))).length >= runs.length + 3);
  });

  it('is refused before anything is launched where its file is gone', async (t) => {
    const cwd = await temporaryFolder(t);
    await cp(join(packageDir, 'experiments', 'plugins', 'plugins.yaml'), join(cwd, 'plugins.yaml'));
    const { exitCode, stderr } = await facecom(['run', 'plugins.yaml'], { cwd });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^plugins\.yaml:5:11: error\[plugin-missing\]/);
    assert.deepEqual(await readdir(cwd), ['plugins.yaml']);
  });
});
