import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeBytes } from '../../../src/base/disk.ts';
import { checkpointBytes, checkSweepSpace } from '../../../src/operations/sweep/space.ts';
import { temporaryFolder } from '../../support/program.ts';
import { testConfig } from '../../trainer/support/config.ts';

test('a checkpoint of ResNet-18 is its weights, and three times as much while Adam trains', () => {
  const adam = testConfig({
    optimizer: { name: 'adam', momentum: undefined },
    train: { checkpoints: { keep_last: false } },
  });
  assert.deepEqual(checkpointBytes(adam, 11e6), { kept: 44e6, training: 132e6 });
  const sgd = testConfig({ train: { ema: 0.99, checkpoints: { keep: 3, keep_last: true } } });
  // Weights with their averages, three epochs and the best of them, and the last with its momentum.
  assert.deepEqual(checkpointBytes(sgd, 1e6), { kept: 4 * 8e6 + 12e6, training: 0 });
});

test('space is reported, warned of and refused', async (t) => {
  const folder = await temporaryFolder(t);
  const said: string[] = [];
  const report = {
    note: (line: string) => void said.push(line),
    warning: ({ code }: { code: string }) => void said.push(code),
    progress: () => {},
  };
  const config = testConfig({ model: { backbone: 'resnet18' } });
  const check = (trials: number) =>
    checkSweepSpace({
      ...{ configs: Array.from({ length: trials }, () => config), identities: 100 },
      ...{ parallel: 2, folder, report },
    });
  await check(0);
  assert.deepEqual(said, []);
  await check(1);
  assert.match(said[0]!, /^Checkpoints of 1 trial take about \S+ MB; .* are free\.$/);
  const each = checkpointBytes(config, 12e6).kept;
  const free = await freeBytes(folder);
  await check(Math.ceil((0.75 * free) / each));
  assert.equal(said[1], 'sweep-space');
  await assert.rejects(check(Math.ceil((2 * free) / each)), { code: 'sweep-space', exitCode: 2 });
});
