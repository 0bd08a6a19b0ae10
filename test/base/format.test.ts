import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import {
  formatBytes,
  formatDuration,
  formatFixed,
  formatNumber,
  formatScore,
  formatTime,
  parseBytes,
  plural,
  shownPath,
} from '../../src/base/format.ts';

test('numbers', () => {
  assert.deepEqual(
    [undefined, Number.NaN, Number.NEGATIVE_INFINITY, 12, 0.83491, 12.3456, 123.45, 0.00012345, 2.5e9].map(
      formatNumber,
    ),
    ['–', 'NaN', '−∞', '12', '0.8349', '12.35', '123.5', '1.23e-4', '2.5e+9'],
  );
  assert.deepEqual([0, 1, 0.5, 3].map(formatScore), ['0.0000', '1.0000', '0.5000', '3']);
  assert.deepEqual(
    [formatFixed(0.8349), formatFixed(Number.NaN), formatFixed(1, 1)],
    ['0.835', 'NaN', '1.0'],
  );
});

test('durations carry: no 60 s and no 60 min', () => {
  assert.deepEqual(
    [undefined, 4.2, 59.4, 59.7, 185, 3599.6, 7800].map((seconds) => formatDuration(seconds)),
    ['–', '4 s', '59 s', '1 min 00 s', '3 min 05 s', '1 h 00 min', '2 h 10 min'],
  );
  assert.deepEqual(
    [4.2, 9.94, 9.96, 42.4].map((seconds) => formatDuration(seconds, { tenths: true })),
    ['4.2 s', '9.9 s', '10 s', '42 s'],
  );
});

test('bytes, times, plurals and paths', () => {
  assert.deepEqual([0, 999, 1000, 1.25e9, 2.5e11].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.3 GB',
    '250 GB',
  ]);
  assert.deepEqual(['4GB', '512 MiB'].map(parseBytes), [4e9, 512 * 2 ** 20]);
  assert.deepEqual(
    [formatTime(0), formatTime(undefined), formatTime(1e300)],
    ['1970-01-01 00:00:00 UTC', '–', '–'],
  );
  assert.deepEqual(
    [plural(1, 'run'), plural(2, 'run'), plural(0, 'identity', 'identities')],
    ['1 run', '2 runs', '0 identities'],
  );
  assert.equal(shownPath(resolve('a/b'), process.cwd()), 'a/b');
  assert.equal(shownPath('/elsewhere', resolve('a')), '/elsewhere');
});
