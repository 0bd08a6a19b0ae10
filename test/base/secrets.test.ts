import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsSecret, withoutSecrets } from '../../src/base/secrets.ts';
import { safeDiff } from '../../src/orchestrator/provenance.ts';

test('keys and passwords are masked wherever they stand', () => {
  for (const [text, shown] of [
    ['http://me:hunter2@host/x', 'http://***@host/x'],
    ['http://host/?a=1&token=abc#x', 'http://host/?a=1&token=***#x'],
    ['--set tracking.mlflow=http://u:p@h', '--set tracking.mlflow=http://***@h'],
    ['OPENAI_API_KEY="sk-abcdefghijklmnop1234"', 'OPENAI_API_KEY="***"'],
    ['+DB_PASSWORD=correct-horse', '+DB_PASSWORD=***'],
    ['"secret": "abcdefgh"', '"secret": "***"'],
    ['key AKIAIOSFODNN7EXAMPLE here', 'key *** here'],
    [`ghp_${'a1'.repeat(18)}`, '***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nrest', '***\nrest'],
  ] as const)
    assert.equal(withoutSecrets(text), shown);
  const text = 'a http://me:hunter2@host/x b';
  assert.equal(withoutSecrets(text, { sameLength: true }), 'a http://**********@host/x b');
});

test('other words are left as they are', () => {
  for (const text of [
    'tokenizer: bytepair',
    'author: somebody else',
    'train.epochs=3',
    'mailto:me@example.org',
    'http://127.0.0.1:5000',
    'sigma=0.25',
    'key: value',
  ])
    assert.ok(!holdsSecret(text), text);
});

test('a diff leaves out files of keys and masks keys elsewhere', () => {
  const diff = [
    'diff --git a/.env b/.env',
    '--- a/.env',
    '+++ b/.env',
    '+COLOUR=green-and-private',
    'diff --git a/train.py b/train.py',
    '+++ b/train.py',
    '+api_key = "abcdef123456"',
    '+epochs = 3',
    '',
  ].join('\n');
  assert.equal(
    safeDiff(diff),
    [
      'diff --git a/.env b/.env',
      '(left out: it may hold keys)',
      'diff --git a/train.py b/train.py',
      '+++ b/train.py',
      '+api_key = "***"',
      '+epochs = 3',
      '',
    ].join('\n'),
  );
});
