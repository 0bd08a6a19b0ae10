import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictions, submission } from '../../../src/trainer/evaluation/submission.ts';

test('a submission has one line a picture: names quoted where they must be, probabilities of what is predicted', () => {
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

test('a submission of no pictures is the heading alone', () => {
  const none = { genderLogits: new Float32Array(), identityLogits: new Float32Array(), identities: 3 };
  assert.equal(submission(predictions([], none, ['a', 'b', 'c'])).split('\n').length, 2);
});
