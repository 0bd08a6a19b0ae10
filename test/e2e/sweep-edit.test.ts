import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { readManifest, readState, scanRuns } from '../../src/record/index.ts';
import { start, until } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';
import { writeSearch } from '../support/searching.ts';

const grid = (...rates: number[]) => ({
  epochs: 4,
  params: { pause: 50, hold: 0.001 },
  sweep: { method: 'grid', trials: null, axes: { 'optimizer.lr': rates } },
});

it('shows what an edit of a running sweep changes, and applies it when it is told to', async (t) => {
  const cwd = await temporaryFolder(t);
  const folder = join(cwd, 'runs', 'search');
  writeSearch(cwd, grid(0.001, 0.01, 0.1));
  const first = start(['sweep', 'search.yaml', '--max-parallel', '1'], cwd);
  await until('a trial that runs', () =>
    [...scanRuns(folder)].some(({ status, epoch }) => status === 'running' && (epoch ?? 0) >= 1),
  );
  const [vanishing] = readManifest(folder)!.trials;
  writeSearch(cwd, grid(0.01, 0.1, 0.5));
  const dry = await facecom(['sweep', 'search.yaml', '--dry-run'], { cwd });
  assert.match(dry.stdout, /\+ \w+ {2}optimizer\.lr=0\.5[\s\S]*− \w+ {2}optimizer\.lr=0\.001[\s\S]*= 2 kept/);
  // Without a yes nothing is changed.
  const asked = await facecom(['sweep', 'search.yaml', '--max-parallel', '1'], { cwd });
  assert.equal(asked.exitCode, 2);
  assert.match(asked.stderr, /Nothing was changed\. Apply it with --yes\./);
  assert.equal(first.exitCode ?? undefined, undefined);
  const applied = await facecom(['sweep', 'search.yaml', '--yes', '--json', '--max-parallel', '1'], { cwd });
  const ended = await first;
  assert.equal(ended.exitCode, 130);
  const summary = JSON.parse(applied.stdout.trim().split('\n').at(-1)!);
  assert.equal(summary.finished, 3);
  assert.equal(summary.vanished, 1);
  const vanished = join(folder, `${vanishing!.id}-1`);
  assert.equal(readState(vanished).at(-1)!.state, 'stopped');
  // Asked for, a begun one is finished. What it waits for is over by then.
  writeSearch(cwd, grid(0.001, 0.01, 0.1));
  const second = start(['sweep', 'search.yaml', '--max-parallel', '1'], cwd);
  await until('it runs again', () => readState(vanished).at(-1)!.state === 'started');
  second.kill('SIGINT');
  await second;
  writeSearch(cwd, grid(0.01, 0.1, 0.5));
  const config = JSON.parse(readFileSync(join(vanished, 'config.json'), 'utf8'));
  delete config.trainer.params.hold;
  writeFileSync(join(vanished, 'config.json'), JSON.stringify(config));
  const kept = await facecom(['sweep', 'search.yaml', '--keep-begun', '--json'], { cwd });
  assert.equal(kept.json.at(-1).finished, 4, kept.stderr);
  assert.equal(readState(vanished).at(-1)!.state, 'finished');
});

it('shows the first points of a search, which do not follow from results', async (t) => {
  const cwd = await temporaryFolder(t);
  writeSearch(cwd, { sweep: { trials: 40 } });
  const { stdout } = await facecom(['sweep', 'search.yaml', '--dry-run', '--json'], { cwd });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 11);
  assert.match(JSON.stringify(lines.at(-1).warnings), /dry-run-search/);
  await facecom(['sweep', 'search.yaml', '--max-parallel', '1', '--set', 'sweep.trials=3'], { cwd });
  assert.deepEqual(
    readManifest(join(cwd, 'runs', 'search'))!.trials.map(({ id }) => id),
    lines.slice(0, 3).map(({ trial }) => trial),
  );
  // Begun: what was proposed, and a forecast of all that is left.
  const begun = await facecom(['sweep', 'search.yaml', '--by', 'tomorrow 23:59'], { cwd });
  assert.match(begun.stderr, /proposed 3 points, 3 of which have ended; the others, up to 40 points in all/);
  assert.match(begun.stdout, /about 37 of 37 trials are finished, besides the 3 that are/);
  assert.match(begun.stdout, /~ sweep\.trials: 3 → 40\n= 3 kept/);
});

it('applies an edit of a running search, and refuses one that it cannot continue with', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = (sweep: object) => writeSearch(cwd, { params: { pause: 200 }, sweep });
  const sweep = (...args: string[]) =>
    facecom(['sweep', 'search.yaml', '--max-parallel', '1', ...args], { cwd });
  spec({ trials: 14 });
  const first = start(['sweep', 'search.yaml', '--max-parallel', '1'], cwd);
  const folder = join(cwd, 'runs', 'search');
  await until('a second proposal', () => (readManifest(folder)?.trials.length ?? 0) >= 2);
  spec({ trials: 14, seed: 9 });
  const refused = await sweep('--yes');
  assert.deepEqual([refused.exitCode, /search-changed/.test(refused.stderr)], [2, true], refused.stderr);
  spec({ trials: 4 });
  const asked = await sweep();
  assert.equal(asked.exitCode, 2);
  assert.match(asked.stderr, /~ sweep\.trials: 14 → 4\n= \d+ kept[\s\S]*Apply it with --yes/);
  assert.equal(first.exitCode ?? undefined, undefined, 'what is refused stops nothing');
  const applied = await sweep('--yes', '--json');
  assert.equal((await first).exitCode, 130);
  const { trials, finished } = JSON.parse(applied.stdout.trim().split('\n').at(-1)!);
  assert.deepEqual([trials, finished], [4, 4]);
});
