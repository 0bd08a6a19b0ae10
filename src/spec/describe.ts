import { expectation } from './check.ts';
import { resolved, type Schema } from './schema.ts';

/** What a schema says of its key, a sentence or so a line: the description, what is allowed, the unit, the default, an example. */
export function schemaWords(given: Schema): string[] {
  const schema = resolved(given);
  const lines: string[] = [];
  if (schema.description) lines.push(schema.description);
  const allowed = choices(schema) ?? expectation(schema);
  if (allowed) lines.push(`allowed: ${allowed}${schema.unit ? `; ${schema.unit}` : ''}`);
  if (schema.default !== undefined) lines.push(`default: ${JSON.stringify(schema.default)}`);
  const example = schema.examples?.[0];
  if (example !== undefined) lines.push(`example: ${JSON.stringify(example)}`);
  return lines;
}

/** The branches of a union, in words. */
export function choices(schema: Schema): string | undefined {
  if (schema.then?.enum) return `one of ${schema.then.enum.join(', ')}, or a list`;
  const tag = schema.discriminator?.propertyName;
  if (!tag || !schema.oneOf) return undefined;
  const names = schema.oneOf.map((branch) => resolved(branch).properties![tag]!.const);
  return `a map whose ${tag} is one of ${names.join(', ')}`;
}
