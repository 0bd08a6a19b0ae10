import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictions, submission } from '../../../src/trainer/evaluation/submission.ts';

test('a submission has one line an image: names quoted where they must be, probabilities of what is predicted', () => {
  const rows = predictions(
    ['a.jpg', 'b, "the second".jpg'],
    {
      genderLogits: new Float32Array([Math.log(3), -Math.log(4)]),
      identityLogits: new Float32Array([0, Math.log(2), 0, 100, 0, 1000]),
      identities: 3,
    },
    ['ann', 'bo,b', 'cat'],
  );
  assert.equal(
    submission(rows),
    [
      'filename,predicted_gender,predicted_identity,gender_probability,identity_probability',
      'a.jpg,Female,"bo,b",0.750000,0.500000',
      '"b, ""the second"".jpg",Male,cat,0.800000,1.000000',
      '',
    ].join('\n'),
  );
});

test('what a spreadsheet would take for a formula has an apostrophe in front, unless the names are wanted as they are', () => {
  const names = ['=1+1.png', '+a', '-b', '@c', '\td', '\re', "'f", 'g=h', '=i,"j"'];
  const none = { genderLogits: new Float32Array(9), identityLogits: new Float32Array(9), identities: 1 };
  const rows = predictions(names, none, ["=cmd|' /C calc'!A0"]);
  const cells = (text: string) =>
    text
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(',Male,')[0]);
  const identity = (text: string) => text.split('\n')[1]!.split(',')[2];
  assert.deepEqual(cells(submission(rows)).slice(0, 5), ["'=1+1.png", "'+a", "'-b", "'@c", "'\td"]);
  assert.deepEqual(cells(submission(rows)).slice(6), ["'f", 'g=h', `"'=i,""j"""`]);
  assert.equal(identity(submission(rows)), "'=cmd|' /C calc'!A0");
  assert.deepEqual(cells(submission(rows, { raw: true })).slice(0, 2), ['=1+1.png', '+a']);
  assert.equal(identity(submission(rows, { raw: true })), "=cmd|' /C calc'!A0");
});

test('a submission of no images is the heading alone', () => {
  const none = { genderLogits: new Float32Array(), identityLogits: new Float32Array(), identities: 3 };
  assert.equal(submission(predictions([], none, ['a', 'b', 'c'])).split('\n').length, 2);
});
