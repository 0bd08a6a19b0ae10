import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readManifest, scanRuns } from '../../src/record/index.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

/** Its score follows from the rate and, a little, from rate and seed: 0.2 and 0.3 are as good as each other, 0.1 is worse than both. */
const trainer = `import { appendFileSync, readFileSync } from 'node:fs';
const { optimizer: { lr }, seed } = JSON.parse(readFileSync(process.env.FACECOM_RUN_DIR + '/config.json', 'utf8'));
const noise = ((seed * 7919 + Math.round(lr * 10) * 104729) % 101) / 101 - 0.5;
const value = { 0.1: 0.5, 0.2: 0.8, 0.3: 0.8 }[lr] + 0.02 * noise;
appendFileSync(process.env.FACECOM_RUN_DIR + '/events.jsonl', JSON.stringify({ type: 'finished', time: 1, metrics: { 'val/combined': value } }) + '\\n');
`;

test('until adds seeds to the leading points alone, keeps them in another start, and ends with a sentence', async (t) => {
  const cwd = await temporaryFolder(t);
  writeFileSync(join(cwd, 'trainer.mjs'), trainer);
  const write = (sweep: object) =>
    writeFileSync(
      join(cwd, 'until.yaml'),
      JSON.stringify({
        ...{ name: 'until', seed: 1, tracking: { mlflow: 'off' } },
        trainer: { command: [process.execPath, './trainer.mjs'] },
        sweep: { axes: { 'optimizer.lr': [0.1, 0.2, 0.3] }, ...sweep },
      }),
    );
  const sweep = (...args: string[]) => facecom(['sweep', 'until.yaml', ...args], { cwd });
  const counts = () => {
    const found: Record<string, number> = {};
    for (const { axes } of readManifest(join(cwd, 'runs', 'until'))!.trials)
      found[String(axes['optimizer.lr'])] = (found[String(axes['optimizer.lr'])] ?? 0) + 1;
    return found;
  };

  write({ until: {} });
  const single = await sweep('--dry-run');
  assert.deepEqual(
    [single.exitCode, /sweep\.until .*one seed/s.test(single.stderr)],
    [2, true],
    single.stderr,
  );

  write({ repeats: 3, until: { ci: 1e-6, max_repeats: 5 } });
  const first = await sweep();
  assert.equal(first.exitCode, 0, first.stderr);
  assert.deepEqual(counts(), { 0.1: 3, 0.2: 5, 0.3: 5 });
  assert.match(first.stderr, /until: 2 points are not told apart: one seed more for 2/);
  assert.match(first.stderr, /not told apart by 5 seeds/);
  assert.match(first.stdout, /no difference to the second, lr=0\.\d+, is shown/);

  // The seeds are the sweep's own from now on: nothing is run again, nothing has vanished.
  const again = await sweep('--json');
  assert.deepEqual(
    [again.json.at(-1).skipped, again.json.at(-1).trials, again.json.at(-1).vanished],
    [13, 13, 0],
  );
  assert.doesNotMatch((await sweep('--dry-run')).stdout, /−/);

  // As good as each other within this.
  write({ repeats: 3, until: { ci: 0.1, max_repeats: 9 } });
  assert.equal((await sweep()).exitCode, 0);
  assert.deepEqual(counts(), { 0.1: 3, 0.2: 5, 0.3: 5 });
  assert.equal([...scanRuns(join(cwd, 'runs', 'until'))].length, 13);
});
