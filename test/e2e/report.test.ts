import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { open, withoutBrowser } from '../report/support/browser.ts';
import { confusion, makeRun, usualEpochs } from '../report/support/records.ts';
import { writeExperiment } from '../support/external.ts';
import { withoutNative } from '../support/native.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

test('a run draws its charts, and its report shows them', { skip: withoutNative }, async (t) => {
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
    'report.html',
    'test_images.csv',
    'diagnostics.json',
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
  assert.match(readFileSync(join(cwd, summary.report), 'utf8'), /onednn|tensorflow/i);
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

test('results, diff, compare, rm and prune from the command line', async (t) => {
  const cwd = await temporaryFolder(t);
  const runs = join(cwd, 'runs');
  for (const [i, trial] of ['aaaa00000000', 'bbbb00000000'].entries())
    makeRun({
      ...{ runs, name: 'two', trial, config: { seed: 1, optimizer: { lr: 0.1 + i } } },
      final: { 'val/combined': 0.5 + i / 10, 'test/identity_top1': 0.4 },
    });
  const at = (...words: string[]) => facecom(words, { cwd });
  const csv = await at('results', 'two', '--format', 'csv');
  assert.equal(csv.exitCode, 0, csv.stderr);
  assert.match(csv.stdout, /^rank,optimizer\.lr,trials,[^\n]*\n1,1\.1,1,1,1,bbbb00000000-1,finished,0\.6,/);
  const json = await at('results', 'two', '--json');
  assert.deepEqual([json.json.length, json.json.at(-1).metrics], [3, ['val/combined', 'test/identity_top1']]);
  const diff = await at('diff', 'two/aaaa', 'two/bbbb');
  assert.match(diff.stdout, /^key\s+two\/aaaa00000000-1\s+two\/bbbb00000000-1\noptimizer\.lr\s+0\.1\s+1\.1$/);
  const compared = await at('compare', 'two/aaaa', 'two/bbbb', '--out', 'c.html');
  assert.equal(compared.exitCode, 0, compared.stderr);
  assert.match(
    compared.stdout,
    /val\/combined\s+0\.5000\s+0\.6000\s+\+0\.1000[\s\S]*not known[\s\S]*c\.html/,
  );
  assert.ok(existsSync(join(cwd, 'c.html')));
  const asked = await at('rm', 'two/aaaa');
  assert.deepEqual([asked.exitCode, /error\[confirm\][\s\S]*--yes/.test(asked.stderr)], [2, true]);
  const dry = await at('prune', '--keep-best', '1', '--dry-run');
  assert.match(dry.stdout, /two\/aaaa00000000-1[\s\S]*Would delete 1 run/);
  const removed = await at('rm', 'two/aaaa', '--yes');
  assert.match(removed.stdout, /Deleted: two\/aaaa00000000-1/);
  assert.deepEqual(
    [existsSync(join(runs, 'two/aaaa00000000-1')), existsSync(join(runs, 'two/bbbb00000000-1'))],
    [false, true],
  );
});

test('a run and a sweep of any trainer write their reports and notify; the address is in no file of theirs', async (t) => {
  const cwd = await temporaryFolder(t);
  const got: Record<string, unknown>[] = [];
  const server = createServer((request, answer) => {
    request.on('data', (part) => got.push(JSON.parse(part))).on('end', () => answer.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const env = { HOOK: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/very-secret` };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as a spec has it.
  const notify = { url: '${HOOK}' };
  const metric = (epoch: number) =>
    `event '{"type":"metric","time":1,"step":${epoch},"epoch":${epoch},"values":{"val/combined":0.${epoch}}}'`;
  const spec = writeExperiment(cwd, `${metric(1)}\n${metric(2)}\nfinish 0.7\n`, {
    more: { notify, sweep: { axes: { seed: [1, 2] } } },
  });
  const run = await facecom(['run', spec, '--set', 'name=one', '--json'], { cwd, env });
  assert.equal(run.exitCode, 0, run.stderr);
  const sweep = await facecom(['sweep', spec, '--json'], { cwd, env });
  assert.equal(sweep.exitCode, 0, sweep.stderr);
  assert.ok(existsSync(join(cwd, 'runs/exp/report.html')));
  const [{ dir }] = [run.json.at(-1)];
  assert.ok(existsSync(join(cwd, dir, 'artifacts/report.html')));
  assert.deepEqual(
    got.map(({ kind, event, text }) => [kind, event, /val\/combined 0\.7000/.test(String(text))]),
    [
      ['run', 'finished', true],
      ['sweep', 'finished', true],
    ],
  );
  const found = await execa('grep', ['-rl', 'very-secret', 'runs'], { cwd, reject: false });
  assert.equal(found.stdout, '');
  // Nothing is left to run: nobody is told again.
  await facecom(['sweep', spec], { cwd, env });
  assert.equal(got.length, 2);
});
