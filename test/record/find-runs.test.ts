import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FacecomError } from '../../src/base/errors.ts';
import { createRunFolder, findRun, findRunsOf, findSweep } from '../../src/record/index.ts';

/** Runs of `name/trial` in this order, the last one made last. */
function make(t: TestContext, made: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-find-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const runs = join(folder, 'runs');
  made.forEach((id, order) => {
    const [name, trial] = id.split('/') as [string, string];
    const dir = createRunFolder(
      { runs, name, trial },
      { config: {}, spec: '', origins: {}, environment: {} },
    );
    const time = new Date(1_800_000_000_000 + order * 1000);
    utimesSync(join(dir, 'spec.yaml'), time, time);
  });
  return runs;
}

const some = [
  'baseline/f5387e6b8557',
  'baseline/f5387e6b8557',
  'loss-weights/aaaa11112222',
  'loss-weights/aaab11112222',
  'loss-weights/0ccc11112222',
  'loss-other/aaaa11112222',
  'single/777711112222',
];

function refused(action: () => unknown, code: string, text: RegExp): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof FacecomError);
    assert.equal(error.code, code);
    assert.equal(error.exitCode, 2);
    assert.match(`${error.message}\n${error.found}\n${error.remedy}`, text);
    return true;
  });
}

test('a run is found by path, name, trial, attempt, first characters and last', (t) => {
  const runs = make(t, some);
  const cases: [string, string][] = [
    [join(runs, 'baseline/f5387e6b8557-1'), 'baseline/f5387e6b8557-1'],
    [join(runs, 'baseline/f5387e6b8557-1/'), 'baseline/f5387e6b8557-1'],
    [join(runs, 'baseline/f5387e6b8557'), 'baseline/f5387e6b8557-2'],
    ['baseline/f5387e6b8557-1', 'baseline/f5387e6b8557-1'],
    ['f5387e6b8557-1', 'baseline/f5387e6b8557-1'],
    ['f5387e6b8557', 'baseline/f5387e6b8557-2'],
    ['f5', 'baseline/f5387e6b8557-2'],
    ['baseline/f5', 'baseline/f5387e6b8557-2'],
    ['baseline', 'baseline/f5387e6b8557-2'],
    ['base', 'baseline/f5387e6b8557-2'],
    ['loss-weights/aaaa11112222', 'loss-weights/aaaa11112222-1'],
    ['loss-weights/aaaa', 'loss-weights/aaaa11112222-1'],
    ['0ccc', 'loss-weights/0ccc11112222-1'],
    ['single', 'single/777711112222-1'],
    ['last', 'single/777711112222-1'],
    ['loss-weights/last', 'loss-weights/0ccc11112222-1'],
  ];
  for (const [text, expected] of cases) assert.equal(findRun(runs, text), join(runs, expected), text);
});

test('what means several runs is refused, with some of them named', (t) => {
  const runs = make(t, some);
  refused(() => findRun(runs, 'aaa'), 'run-ambiguous', /loss-weights\/aaab11112222-1/);
  refused(() => findRun(runs, 'aaaa11112222'), 'run-ambiguous', /loss-other\/aaaa.*loss-weights\/aaaa/);
  refused(() => findRun(runs, 'loss-weights'), 'run-ambiguous', /0ccc.*name\/last/s);
  refused(() => findSweep(runs, 'loss'), 'run-ambiguous', /loss-other, loss-weights/);
});

test('what is no run is refused with the nearest one, or with what there is', (t) => {
  const runs = make(t, some);
  refused(() => findRun(runs, 'basline'), 'run-not-found', /Did you mean baseline\?/);
  refused(() => findRun(runs, 'f5387e6b8575'), 'run-not-found', /Did you mean baseline\/f5387e6b8557\?/);
  refused(() => findRun(runs, 'baselin/f5387e6b8557-1'), 'run-not-found', /mean baseline\/f5387e6b8557-1\?/);
  refused(() => findRun(runs, 'zzzzzzzz'), 'run-not-found', /single\/777711112222-1.* and 2 more/);
  for (const text of ['', '/', '.', '..', '../single/7777', '/elsewhere/single/7777', 'single/last/x'])
    refused(() => findRun(runs, text), 'run-not-found', /There is no run/);
  refused(() => findRun(join(runs, 'none'), 'last'), 'run-not-found', /no runs in .*none[\s\S]*--runs/);
});

test('a folder that is no whole run is none', (t) => {
  const runs = make(t, some);
  mkdirSync(join(runs, 'single', 'begun-1'));
  mkdirSync(join(runs, '.mlflow'));
  assert.equal(findRun(runs, 'single'), join(runs, 'single/777711112222-1'));
  refused(() => findRun(runs, 'single/begun'), 'run-not-found', /There is no run/);
});

test('the runs of an experiment are found by its name or folder, in the order of trials and attempts', (t) => {
  const runs = make(t, [...some, ...Array.from({ length: 9 }, () => 'baseline/f5387e6b8557')]);
  const attempts = Array.from({ length: 11 }, (_, i) => join(runs, `baseline/f5387e6b8557-${i + 1}`));
  assert.deepEqual(findRunsOf(runs, 'baseline'), attempts);
  assert.deepEqual(findRunsOf(runs, `${join(runs, 'baseline')}/`), attempts);
  assert.deepEqual(findRunsOf(runs, 'f5387e6b8557-3'), attempts.slice(2, 3));
  assert.equal(findSweep(runs, 'baseline'), join(runs, 'baseline'));
  assert.equal(findSweep(runs, join(runs, 'baseline')), join(runs, 'baseline'));
  assert.equal(findSweep(runs, 'loss-w'), join(runs, 'loss-weights'));
  assert.equal(findSweep(runs, 'last'), join(runs, 'baseline'));
  refused(() => findSweep(runs, 'f5387e6b8557'), 'run-not-found', /There is no run/);
  refused(() => findRunsOf(runs, 'basseline'), 'run-not-found', /Did you mean baseline\?/);
});
