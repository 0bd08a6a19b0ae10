import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatWhen, parseWhen } from '../../src/base/when.ts';

// A Thursday.
const now = new Date(2026, 10, 26, 12, 30);
const meant = (text: string) => {
  const found = parseWhen(text, now);
  return found && `${formatWhen(found)} ${found.getFullYear()}`;
};

test('a moment in words is the next one that they mean', () => {
  assert.equal(meant('18:00'), 'Thu 26 Nov 18:00 2026');
  assert.equal(meant('9:05'), 'Fri 27 Nov 09:05 2026');
  assert.equal(meant('tomorrow 18:00'), 'Fri 27 Nov 18:00 2026');
  assert.equal(meant('Friday 18:00'), 'Fri 27 Nov 18:00 2026');
  assert.equal(meant('thu 12:00'), 'Thu 3 Dec 12:00 2026');
  assert.equal(meant('Thursday 13:00'), 'Thu 26 Nov 13:00 2026');
  assert.equal(meant('2027-02-28T01:00'), 'Sun 28 Feb 01:00 2027');
});

test('other words, hours that there are not, and what has passed are none', () => {
  for (const text of [
    '',
    'soon',
    'Friday',
    '25:00',
    '12:60',
    'F 18:00',
    '2026-02-30 10:00',
    '2020-01-01 10:00',
    'today 8:00',
  ])
    assert.equal(parseWhen(text, now), undefined, text);
});
