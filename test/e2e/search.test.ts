import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readManifest, readSearch, readState } from '../../src/record/index.ts';
import { start, until } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';
import { replay, type SearchSpec, writeSearch } from '../support/searching.ts';

const folder = (cwd: string) => join(cwd, 'runs', 'search');
const proposals = (cwd: string) => readSearch(folder(cwd)).filter(({ type }) => type === 'proposed').length;

async function search(cwd: string, spec: SearchSpec, ...args: string[]) {
  const { stdout, stderr, exitCode } = await facecom(['sweep', writeSearch(cwd, spec), '--json', ...args], {
    cwd,
  });
  const last = stdout.trim().split('\n').at(-1);
  return { summary: last ? JSON.parse(last) : undefined, stderr, exitCode };
}

describe('a sweep that learns', () => {
  it('proposes on demand, finds what is good, and writes down all that it decides by', async (t) => {
    const cwd = await temporaryFolder(t);
    const { summary, exitCode } = await search(cwd, { sweep: { trials: 24 } }, '--max-parallel', '2');
    assert.equal(exitCode, 0);
    assert.equal(summary.finished, 24);
    assert.ok(summary.best.value > 0.8, `${summary.best.value}`);
    const { recorded, again } = await replay(cwd);
    assert.deepEqual(again, recorded);
    assert.deepEqual(
      readManifest(folder(cwd))!.trials.map(({ id }) => id),
      recorded.flat(),
    );
    assert.equal(readManifest(folder(cwd))!.planned, 24);
    // Again: there is nothing to do.
    assert.equal((await search(cwd, { sweep: { trials: 24 } })).summary.skipped, 24);
  });

  it('proposes the same after kill -9, with nothing lost and nothing repeated', async (t) => {
    const [killed, whole] = [await temporaryFolder(t), await temporaryFolder(t)];
    const spec = { params: { pause: 15 } };
    writeSearch(killed, spec);
    for (const enough of [2, 6, 11]) {
      const running = start(['sweep', 'search.yaml', '--max-parallel', '1'], killed);
      await until(`${enough} proposals`, () => proposals(killed) >= enough);
      running.kill('SIGKILL');
      const { stderr } = await running;
      // Of those that are planned, not of those that are proposed.
      if (enough === 2) assert.match(stderr, /\(1 of 14 trials, .* remaining\)/);
    }
    const { summary } = await search(killed, spec, '--max-parallel', '1');
    assert.equal(summary.finished, 14);
    await search(whole, spec, '--max-parallel', '1');
    const [a, b] = [await replay(killed), await replay(whole)];
    assert.deepEqual(a.recorded, b.recorded);
    assert.deepEqual(a.again, a.recorded);
    assert.equal(new Set(a.recorded.flat()).size, 14);
    assert.equal(readdirSync(folder(killed)).filter((name) => /-\d+$/.test(name)).length, 14);
  });

  it('stops trials early, as a state of their own', async (t) => {
    const cwd = await temporaryFolder(t);
    const spec = {
      epochs: 8,
      params: { pause: 250 },
      sweep: { trials: 10, stopping: { rule: 'asha', reduction: 2 } },
    };
    const { summary, exitCode } = await search(cwd, spec, '--max-parallel', '2');
    assert.equal(exitCode, 0);
    assert.ok(summary.pruned > 0 && summary.finished > 0);
    assert.equal(summary.pruned + summary.finished, 10);
    const { trials } = readManifest(folder(cwd))!;
    const last = trials.map(({ id }) => readState(join(folder(cwd), `${id}-1`)).at(-1)!);
    const pruned = last.filter(({ state }) => state === 'pruned');
    assert.equal(pruned.length, summary.pruned);
    for (const { epoch, message } of pruned) {
      assert.ok(epoch! < 8);
      assert.match(message!, /Not among the best 1\/2/);
    }
    const { recorded, again } = await replay(cwd);
    assert.deepEqual(again, recorded);
    // Without the rule they continue.
    const rest = await search(cwd, { ...spec, sweep: { trials: 10 } });
    assert.equal(rest.summary.finished, 10);
  });

  it('keeps eight slots at work to the end, whatever is stopped and taken up again', async (t) => {
    const cwd = await temporaryFolder(t);
    const spec = { epochs: 5, sweep: { trials: 18, stopping: { rule: 'asha', reduction: 2 } } };
    const { summary, exitCode } = await search(cwd, spec, '--max-parallel', '8');
    assert.equal(exitCode, 0);
    assert.equal(summary.finished + summary.pruned, 18);
    const { recorded, again } = await replay(cwd);
    assert.deepEqual(again, recorded);
  });

  it('stops trials of a grid, too', async (t) => {
    const cwd = await temporaryFolder(t);
    const axes = { 'optimizer.lr': [0.01, 0.1, 1, 0.00001] };
    const sweep = { method: 'grid', trials: null, axes, stopping: { rule: 'median', startup: 1 } };
    const { summary, exitCode } = await search(
      cwd,
      { epochs: 4, params: { pause: 250 }, sweep },
      '--max-parallel',
      '1',
    );
    assert.equal(exitCode, 0);
    assert.equal(summary.finished + summary.pruned, 4);
    assert.ok(summary.pruned >= 2);
  });

  it('gives the front of two objectives', async (t) => {
    const cwd = await temporaryFolder(t);
    const objectives = [{ metric: 'val/combined' }, { metric: 'val/size' }];
    const { summary, exitCode } = await search(cwd, { sweep: { objectives, trials: 15 } });
    assert.equal(exitCode, 0);
    assert.ok(summary.front.length > 0);
    const { stdout } = await facecom(['results', 'search'], { cwd });
    assert.match(stdout, /No other beats 1\b.* in all of val\/combined and val\/size\./);
    const told = (await facecom(['results', 'search', '--format', 'json'], { cwd })).json;
    assert.equal(told.filter(({ front }) => front).length, summary.front.length);
    for (const a of summary.front)
      for (const b of summary.front)
        assert.ok(
          a === b ||
            a.values['val/combined'] > b.values['val/combined'] ||
            a.values['val/size'] > b.values['val/size'],
        );
  });

  it('knows what an earlier sweep has found', async (t) => {
    const cwd = await temporaryFolder(t);
    await search(cwd, { sweep: { trials: 12 } });
    const spec = JSON.parse(readFileSync(join(cwd, 'search.yaml'), 'utf8'));
    const next = {
      ...spec,
      name: 'next',
      sweep: { ...spec.sweep, trials: 4, seed: 1, warm_start: ['search'] },
    };
    writeFileSync(join(cwd, 'next.yaml'), JSON.stringify(next));
    // It was killed while it wrote down what it knows from the start.
    const [header, ...rest] = readFileSync(join(folder(cwd), 'search.jsonl'), 'utf8').split('\n');
    assert.ok(rest.length > 12);
    mkdirSync(join(cwd, 'runs', 'next'));
    writeFileSync(join(cwd, 'runs', 'next', 'search.jsonl'), `${header!.replace('"seed":0', '"seed":1')}\n`);
    const { stderr, exitCode } = await facecom(['sweep', 'next.yaml', '--json'], { cwd });
    assert.equal(exitCode, 0, stderr);
    const entries = readSearch(join(cwd, 'runs', 'next'));
    assert.equal(entries.filter(({ type }) => type === 'earlier').length, 12);
    assert.equal(entries.filter(({ type }) => type === 'search').length, 1);
    const unknown = { ...next, name: 'third', sweep: { ...next.sweep, warm_start: ['serach'] } };
    writeFileSync(join(cwd, 'next.yaml'), JSON.stringify(unknown));
    const refused = await facecom(['sweep', 'next.yaml'], { cwd });
    assert.deepEqual(
      [refused.exitCode, /Did you mean search\?/.test(refused.stderr)],
      [2, true],
      refused.stderr,
    );
  });
});

describe('a search that cannot be', () => {
  it('ends where the space is smaller than the trials', async (t) => {
    const cwd = await temporaryFolder(t);
    const sweep = {
      trials: 20,
      axes: { 'optimizer.lr': [0.1, 0.01], 'loss.label_smoothing': [0, 0.1, 0.2] },
    };
    const { summary, stderr } = await search(cwd, { sweep });
    assert.equal(summary.trials, 6);
    assert.equal(summary.finished, 6);
    assert.match(stderr, /only 6 different ones|no point is left|Every point/);
  });

  it('ends where no trial writes the objective', async (t) => {
    const cwd = await temporaryFolder(t);
    const { summary } = await search(
      cwd,
      { params: { metric: 'val/other' }, sweep: { trials: 40 } },
      '--max-parallel',
      '1',
    );
    assert.match(summary.reason, /10 points have ended and none has a number for val\/combined/);
    assert.ok(summary.trials <= 11);
  });

  it('continues with objectives that are not numbers among others', async (t) => {
    const cwd = await temporaryFolder(t);
    const { summary } = await search(cwd, { params: { nan: true }, sweep: { trials: 6 } });
    assert.equal(summary.finished, 6);
  });

  it('ends where all trials fail: by the breaker, or, without it, with its trials', async (t) => {
    const cwd = await temporaryFolder(t);
    const params = { fails: true };
    const broken = await search(cwd, { params, sweep: { trials: 9 } }, '--max-parallel', '1');
    assert.equal(broken.exitCode, 1);
    assert.deepEqual(
      [broken.summary.status, broken.summary.failed, broken.summary.finished, broken.summary.trials],
      ['halted', 3, 0, 9],
    );
    const off = ['--set', 'resources.circuit_breaker=0', '--max-parallel', '2'];
    const all = await search(cwd, { params, sweep: { trials: 9 } }, ...off);
    assert.deepEqual([all.exitCode, all.summary.failed, all.summary.trials], [1, 9, 9]);
    // Failures that are no fault of the values tell nothing.
    assert.ok(readSearch(folder(cwd)).every(({ type }) => type !== 'told'));
  });

  it('ends where every trial diverges', async (t) => {
    const cwd = await temporaryFolder(t);
    const spec = { params: { diverges: true }, sweep: { trials: 30 } };
    const { summary, exitCode } = await search(cwd, spec, '--max-parallel', '1');
    assert.equal(exitCode, 1);
    assert.match(summary.reason, /10 points have ended and none has a number for val\/combined/);
    assert.deepEqual([summary.failed, summary.trials], [10, 10]);
  });

  it('warns where the objective of a stopping rule is written once', async (t) => {
    const cwd = await temporaryFolder(t);
    const spec = { params: { once: true }, sweep: { trials: 3, stopping: { rule: 'median' } } };
    const { summary, stderr } = await search(cwd, spec, '--max-parallel', '1');
    assert.deepEqual([summary.finished, summary.pruned], [3, 0]);
    assert.equal(stderr.match(/warning\[stopping-once\]/g)?.length, 1, stderr);
  });

  it('is not led by a clock that is set back and forth', async (t) => {
    const [cwd, calm] = [await temporaryFolder(t), await temporaryFolder(t)];
    const sweep = { trials: 12, stopping: { rule: 'median', startup: 20 }, budget: { hours: 1 } };
    const { summary } = await search(cwd, { params: { jumps: true }, sweep }, '--max-parallel', '1');
    assert.deepEqual([summary.finished, summary.pruned], [12, 0]);
    await search(calm, { sweep }, '--max-parallel', '1');
    const axes = (place: string) =>
      readSearch(folder(place)).flatMap((entry) => (entry.type === 'proposed' ? [entry.axes] : []));
    assert.deepEqual(axes(cwd), axes(calm));
  });

  it('is refused with another seed or method, and says what to do', async (t) => {
    const cwd = await temporaryFolder(t);
    await search(cwd, { sweep: { trials: 3 } });
    const { exitCode, stderr, summary } = await search(cwd, { sweep: { trials: 3, seed: 7 } });
    assert.equal(exitCode, 2);
    assert.match(`${stderr}${JSON.stringify(summary)}`, /search-changed/);
  });

  it('finds what constraints leave, be it one in a thousand', async (t) => {
    const cwd = await temporaryFolder(t);
    const require = ['optimizer.lr > 0.01 and optimizer.lr < 0.01012 '];
    const { summary, exitCode } = await search(cwd, { sweep: { trials: 12, require } });
    assert.equal(exitCode, 0);
    assert.equal(summary.finished, 12);
  });

  it('needs to be told how much it may use', async (t) => {
    const cwd = await temporaryFolder(t);
    const { exitCode, stderr, summary } = await search(cwd, { sweep: { trials: null } });
    assert.equal(exitCode, 2);
    assert.match(`${stderr}${JSON.stringify(summary)}`, /needs sweep\.trials/);
  });

  it('ends with its budget', async (t) => {
    const cwd = await temporaryFolder(t);
    const trials = await search(cwd, { sweep: { trials: null, budget: { trials: 5 } } });
    assert.equal(trials.summary.trials, 5);
    const over = await temporaryFolder(t);
    const hours = await search(over, {
      sweep: { trials: null, budget: { hours: 0.0001 } },
      params: { pause: 100 },
    });
    assert.equal(hours.exitCode, 0);
    assert.ok(hours.summary.trials >= 1 && hours.summary.trials < 10);
  });
});
