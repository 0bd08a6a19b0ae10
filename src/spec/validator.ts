import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { experimentSchema } from './schema.ts';
import { ajvOptions } from './validator-options.ts';

// scripts/build.mjs replaces this module by the code that ajv writes for the same schema and options: a start then neither loads
// ajv nor compiles. Run from its sources, as the tests do, it compiles here.
let compiled: ValidateFunction | undefined;

/** Every way in which a value breaks the experiment's schema. */
export function schemaErrors(value: unknown): ErrorObject[] {
  compiled ??= new Ajv2020(ajvOptions).compile(experimentSchema);
  return compiled(value) ? [] : [...compiled.errors!];
}
