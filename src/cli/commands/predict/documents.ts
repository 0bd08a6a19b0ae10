import type { FacecomError } from '../../../base/errors.ts';
import type { Prediction } from '../../../trainer/index.ts';

/** A prediction for programs, with the column names of submission.csv. */
export function predictionDocument(row: Prediction): object {
  return {
    filename: row.filename,
    predicted_gender: row.gender,
    gender_probability: row.genderProbability,
    predicted_identity: row.identity,
    identity_probability: row.identityProbability,
  };
}

/** An image that could not be decoded, for programs. */
export function corruptDocument(filename: string, { code, message, found }: FacecomError): object {
  return { filename, error: { code, message: found ?? message } };
}
