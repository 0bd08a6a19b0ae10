/** What a plugin can add, and the functions that each must have. */
export const kinds = {
  backbone: ['create'],
  head: ['create'],
  loss: ['compute'],
  effect: ['apply'],
  source: ['open'],
  sampler: ['create'],
} as const;

export type Kind = keyof typeof kinds;

/** A JSON Schema of one parameter, with its default. */
export interface ParameterSchema {
  type: 'number' | 'integer' | 'boolean' | 'string' | 'array';
  description: string;
  default?: unknown;
  [keyword: string]: unknown;
}

/** What every definition has; the rest is for the stage that uses it. */
export interface Definition {
  kind: Kind;
  /** Its name in a spec. */
  name: string;
  description: string;
  /** Its keys in a spec, by name. */
  parameters?: Readonly<Record<string, ParameterSchema>>;
}

/** A file of plugins that was loaded. */
export interface Plugin {
  /** Absolute path. */
  file: string;
  /** SHA-256 of its bytes, hexadecimal. */
  hash: string;
  definitions: readonly Definition[];
}
