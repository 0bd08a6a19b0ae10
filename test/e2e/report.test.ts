import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, withoutBrowser } from '../report/support/browser.ts';
import { confusion, makeRun, usualEpochs } from '../report/support/records.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';
import { withoutTensorFlow } from '../support/tensorflow.ts';

test('a run draws its charts, and its report shows them', { skip: withoutTensorFlow }, async (t) => {
  const cwd = await temporaryFolder(t);
  const run = await facecom(
    ['run', join(packageDir, 'experiments/tiny.yaml'), '--set', 'tracking.mlflow=off', '--json'],
    { cwd },
  );
  assert.equal(run.exitCode, 0, run.stderr);
  const { dir } = run.json.at(-1);
  for (const file of [
    'training_metrics.svg',
    'training_metrics.png',
    'training_metrics.json',
    'confusion_gender.png',
  ])
    assert.ok(existsSync(join(cwd, dir, 'artifacts', file)), file);
  const report = await facecom(['report', 'last', '--json'], { cwd });
  assert.equal(report.exitCode, 0, report.stderr);
  assert.equal(report.stdout.split('\n').length, 1);
  const [summary] = report.json;
  assert.deepEqual(
    [summary.kind, summary.report, summary.notes],
    ['run', join(dir, 'artifacts', 'report.html'), []],
  );
  assert.match(readFileSync(join(cwd, summary.report), 'utf8'), /tensorflow/i);
});

test('report by name, to another file, with a browser that finds nothing amiss', async (t) => {
  const cwd = await temporaryFolder(t);
  const runs = join(cwd, 'runs');
  makeRun({ runs, name: 'one', epochs: usualEpochs(3), final: { 'test/combined': 0.7 }, confusion });
  for (const trial of ['aaaa00000000', 'bbbb00000000'])
    makeRun({
      runs,
      name: 'two',
      trial,
      config: { optimizer: { lr: trial.startsWith('a') ? 0.1 : 0.2 } },
      final: { 'val/combined': trial.startsWith('a') ? 0.5 : 0.6 },
    });
  const one = await facecom(['report', 'one'], { cwd });
  assert.equal(one.exitCode, 0, one.stderr);
  assert.match(one.stdout, /^runs\/one\/abcdef012345-1\/artifacts\/report\.html\n/);
  const two = await facecom(['report', 'two', '--out', 'pages/two.html', '--json'], { cwd });
  assert.equal(two.exitCode, 0, two.stderr);
  assert.deepEqual([two.json[0].kind, two.json[0].report], ['sweep', 'pages/two.html']);
  if (withoutBrowser) return t.diagnostic(withoutBrowser);
  const seen = await open(join(cwd, 'pages/two.html'), {
    ask: ["document.querySelector('a').getAttribute('href')"],
  });
  assert.deepEqual(seen.trouble, []);
  assert.deepEqual(seen.answers, ['../runs/two/bbbb00000000-1/']);
  assert.match(seen.text, /best val\/combined\s+0\.6000/);
});

test('what is no run, and what cannot be written, is reported with exit code 2', async (t) => {
  const cwd = await temporaryFolder(t);
  const runs = join(cwd, 'runs');
  const none = await facecom(['report', 'last'], { cwd });
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr, /error\[run-not-found\][\s\S]*no runs in runs/);
  const dir = makeRun({ runs, name: 'baseline', epochs: usualEpochs(1) });
  const near = await facecom(['report', 'basline', '--json'], { cwd });
  assert.equal(near.exitCode, 2);
  assert.equal(near.json[0].error.remedy, 'Did you mean baseline?');
  const place = await facecom(['report', 'baseline', '--out', join(dir, 'config.json', 'x.html')], { cwd });
  assert.equal(place.exitCode, 2);
  assert.match(place.stderr, /error\[report-not-written\]/);
  const folder = await facecom(['report', 'baseline', '--out', '.'], { cwd });
  assert.equal(folder.exitCode, 2);
  assert.match(folder.stderr, /error\[report-not-written\]/);
  if (process.getuid?.() === 0)
    return t.diagnostic('root may write everywhere: a read-only folder is not tested');
  chmodSync(join(dir, 'artifacts'), 0o555);
  const readOnly = await facecom(['report', 'baseline'], { cwd });
  chmodSync(join(dir, 'artifacts'), 0o755);
  assert.equal(readOnly.exitCode, 2);
  assert.match(readOnly.stderr, /note: training_metrics\.svg was not written[\s\S]*--out/);
});
