import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/program.ts';
import { pictures } from './support/pictures.ts';
import { essence, metrics, run } from './support/run.ts';

const dataset = pictures({ noise: 110 });
// Five steps an epoch.
const config = { optimizer: { lr: 0.2 }, train: { epochs: 3, validate_every: 2 } };

test('validation every n steps is recorded within epochs, and its best checkpoint counts', async (t) => {
  const runDir = await temporaryFolder(t);
  const { result } = await run({ runDir, dataset, config });
  assert.equal(result.status, 'finished');
  const rows = metrics(runDir).filter(({ values }) => values['val/combined'] !== undefined);
  // Step 10 ends the second epoch and is validated once.
  assert.deepEqual(
    rows.map(({ step }) => step),
    [2, 4, 5, 6, 8, 10, 12, 14, 15],
  );
  assert.deepEqual(
    rows.slice(0, 3).map(({ epoch }) => epoch),
    [0.4, 0.8, 1],
  );
  assert.equal(rows[0]!.values['train/loss'], undefined);
  const scores = rows.map(({ values }) => values['val/combined']!);
  const first = scores.indexOf(Math.max(...scores));
  const { state } = await essence(runDir, 'best');
  assert.equal(state.best?.step, rows[first]!.step);
  assert.equal(state.best?.score, scores[first]);
});

for (const stops of [[2], [3], [4, 1], [10], [7, 1]])
  test(`a run stopped after ${stops.join(' + ')} steps, some of them validated, equals an uninterrupted one`, async (t) => {
    const whole = await temporaryFolder(t);
    await run({ runDir: whole, dataset, config });
    const parts = await temporaryFolder(t);
    for (const stopAfter of stops) await run({ runDir: parts, dataset, config, stopAfter });
    await run({ runDir: parts, dataset, config });
    assert.deepEqual(metrics(parts), metrics(whole));
    for (const which of ['best', 'last'] as const)
      assert.deepEqual(await essence(parts, which), await essence(whole, which));
  });
