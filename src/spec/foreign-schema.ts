import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A validator of a JSON Schema (draft 2020-12) that a user wrote. Throws if it is none. A module of its own: ajv is slow to load. */
export function compileSchema(schema: object): ValidateFunction {
  return new Ajv2020({ allErrors: true, strict: false, logger: false }).compile(schema);
}
