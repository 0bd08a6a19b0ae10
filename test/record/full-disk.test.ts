import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FacecomError } from '../../src/base/errors.ts';
import { writeAside } from '../../src/base/files.ts';
import { appendState, createRunFolder, openEvents, readEvents, readState } from '../../src/record/index.ts';
import { smallDisk, withoutSmallDisk } from '../support/small-disk.ts';

test('on a full disk what was written stays, the reason is given, and once there is space it continues', {
  skip: withoutSmallDisk,
}, async (t) => {
  const disk = await smallDisk(t, '256k');
  const events = openEvents(disk);
  let written = 0;
  assert.throws(
    () => {
      for (;;) {
        events.metric({ step: written, epoch: 0, values: { 'train/loss': 1 / 3 } });
        written++;
      }
    },
    { code: 'ENOSPC' },
  );
  assert.ok(written > 100);
  assert.throws(() => appendState(disk, { state: 'queued' }), { code: 'ENOSPC' });
  assert.throws(() => writeAside(join(disk, 'config.json'), 'x'.repeat(4096)), { code: 'ENOSPC' });
  assert.throws(
    () =>
      createRunFolder(
        { runs: disk, name: 'a', trial: 'b' },
        { config: {}, spec: 'x', origins: {}, environment: {} },
      ),
    (error) => error instanceof FacecomError && error.code === 'runs-not-writable',
  );
  assert.ok(readdirSync(disk).every((name) => !name.endsWith('.tmp')));
  assert.equal(readEvents(disk).length, written);
  // A part of the next line is on the disk: it must not swallow what comes after it.
  const kept = readFileSync(join(disk, 'events.jsonl'));
  writeFileSync(join(disk, 'events.jsonl'), kept.subarray(kept.length >> 1));
  const before = readEvents(disk).length;
  events.close();
  const again = openEvents(disk);
  again.warning({ code: 'space', message: 'there is some' });
  again.close();
  // The torn line has an end now, and is reported.
  const after = readEvents(disk).slice(before);
  assert.ok(after.some((event) => event.type === 'warning' && event.message === 'there is some'));
  assert.ok(after.some((event) => event.type === 'warning' && event.code === 'record-line'));
  appendState(disk, { state: 'queued' });
  assert.deepEqual(
    readState(disk).map(({ state }) => state),
    ['queued'],
  );
});
