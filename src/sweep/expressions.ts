import jsep from 'jsep';
import { isRecord } from '../base/objects.ts';
import { suggest } from '../base/suggest.ts';
import type { PlacedFinding } from '../spec/index.ts';
import { formatPath, type Path, parsePath, type Schema, show, typeNames } from '../spec/index.ts';
import { possibleSchemas, suggestPath } from './paths.ts';

/** Words beside the signs, by how tightly they bind: `a == 1 and b in [1, 2]`. */
const words = { or: 1, and: 2, in: 7 };

/** Parses an expression. jsep's operators belong to the whole process, so the words are there for as long as this takes only. */
function parse(text: string): jsep.Expression {
  for (const [word, precedence] of Object.entries(words)) jsep.addBinaryOp(word, precedence);
  try {
    return jsep(text);
  } finally {
    for (const word of Object.keys(words)) jsep.removeBinaryOp(word);
  }
}

/** Characters of a condition, and how deep it may be nested: it is read and evaluated by functions that call themselves. */
const LONGEST = 10_000;
const DEEPEST = 500;

/** How deep an expression is nested; chains of `and` and `or` to the left count as one level for each link. */
function depthOf(root: jsep.Expression): number {
  let deepest = 0;
  const open: Array<[node: unknown, depth: number]> = [[root, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    deepest = Math.max(deepest, depth);
    for (const child of Object.values(node as object).flat())
      if (isRecord(child)) open.push([child, depth + 1]);
  }
  return deepest;
}

/** Returns the value at a path of a trial; undefined if there is none. */
export type Lookup = (reference: Reference) => unknown;

export interface Reference {
  path: Path;
  name: string;
}

/** A condition over the values of a trial. */
export interface Condition {
  /** As written. */
  text: string;
  /** Where it stands in the spec. */
  at: Path;
  references: Reference[];
  holds(lookup: Lookup): boolean;
}

type Evaluate = (lookup: Lookup) => unknown;

/** Reads a condition, text or map; what is wrong with it is added to the findings. */
export function readCondition(
  given: string | Record<string, unknown>,
  at: Path,
  findings: PlacedFinding[],
): Condition | undefined {
  const reader = new ConditionReader(at, findings);
  const evaluate = typeof given === 'string' ? reader.text(given) : reader.map(given);
  if (!evaluate) return undefined;
  return {
    text: typeof given === 'string' ? given : JSON.stringify(given),
    at,
    references: [...reader.references.values()],
    holds: (lookup) => evaluate(lookup) === true,
  };
}

const comparisons: Record<string, (a: unknown, b: unknown) => boolean> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => ordered(a, b) && (a as number) < (b as number) && !equal(a, b),
  '<=': (a, b) => ordered(a, b) && ((a as number) < (b as number) || equal(a, b)),
  '>': (a, b) => ordered(a, b) && (a as number) > (b as number) && !equal(a, b),
  '>=': (a, b) => ordered(a, b) && ((a as number) > (b as number) || equal(a, b)),
  in: (a, b) => Array.isArray(b) && b.some((item) => equal(a, item)),
};

const arithmetic: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Equality of values; numbers that differ only by the rounding of a sum are equal; a missing value equals null. */
export function equal(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
    );
  }
  return (a ?? null) === (b ?? null);
}

function ordered(a: unknown, b: unknown): boolean {
  return (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
}

class ConditionReader {
  readonly references = new Map<string, Reference>();

  constructor(
    private readonly at: Path,
    private readonly findings: PlacedFinding[],
  ) {}

  text(text: string): Evaluate | undefined {
    if (text.length > LONGEST)
      return this.fail(undefined, {
        message: 'The condition is too long to be read.',
        found: `${text.length} characters`,
        expected: `at most ${LONGEST}`,
        remedy: 'Write several conditions: `exclude` and `require` are lists.',
      });
    let tree: jsep.Expression;
    try {
      tree = parse(text);
    } catch (error) {
      if (error instanceof RangeError)
        return this.fail(undefined, { message: 'The condition is nested too deeply to be read.' });
      const { description, index } = error as { description?: string; index?: number };
      return this.fail(text.slice(index ?? 0) || text, {
        message: `The condition cannot be read: ${(description ?? String(error)).replace(/\.?$/, '.')}`,
        remedy:
          text.includes(' = ') || /[^=!<>]=[^=]/.test(text)
            ? 'Compare with ==.'
            : 'Combine comparisons with `and`, `or`, `!( )` and parentheses.',
      });
    }
    if (depthOf(tree) > DEEPEST)
      return this.fail(undefined, { message: 'The condition is nested too deeply to be read.' });
    return this.logical(tree);
  }

  /** All of the entries hold; a list of values means any of them. */
  map(given: Record<string, unknown>): Evaluate | undefined {
    const all: Evaluate[] = [];
    let complete = true;
    for (const [name, value] of Object.entries(given)) {
      const path = parsePath(name);
      const reference = path && this.reference(path, name);
      if (!path) this.fail(name, { message: `${name} is not a dotted path.` });
      if (!reference) {
        complete = false;
        continue;
      }
      const values = Array.isArray(value) ? value : [value];
      for (const one of values) if (!this.comparable(reference, one, [...this.at, name])) complete = false;
      all.push((lookup) => {
        const found = lookup(reference);
        return equal(found, value) || (Array.isArray(value) && values.some((one) => equal(found, one)));
      });
    }
    return complete ? (lookup) => all.every((evaluate) => evaluate(lookup)) : undefined;
  }

  /** A part that is true or false. */
  private logical(node: jsep.Expression): Evaluate | undefined {
    if (node.type === 'UnaryExpression' && node.operator === '!') {
      const inner = this.logical(node.argument as jsep.Expression);
      return inner && ((lookup) => inner(lookup) !== true);
    }
    if (node.type === 'BinaryExpression' && ['and', '&&', 'or', '||'].includes(node.operator as string)) {
      const left = this.logical(node.left as jsep.Expression);
      const right = this.logical(node.right as jsep.Expression);
      if (!left || !right) return undefined;
      return node.operator === 'and' || node.operator === '&&'
        ? (lookup) => left(lookup) === true && right(lookup) === true
        : (lookup) => left(lookup) === true || right(lookup) === true;
    }
    if (node.type === 'BinaryExpression') {
      const compare = comparisons[node.operator as string];
      if (!compare) return this.unsupported(node, `${node.operator} does not give true or false`);
      return this.comparison(node, compare);
    }
    if (node.type === 'Literal' && typeof node.value === 'boolean') {
      const { value } = node;
      return () => value;
    }
    const path = pathOf(node);
    if (!path) return this.unsupported(node, 'a condition compares values');
    const reference = this.reference(path, formatPath(path));
    if (!reference) return undefined;
    if (!possibleSchemas(path).some((schema) => [schema.type].flat().includes('boolean')))
      return this.fail(reference.name, {
        message: `${reference.name} is not true or false.`,
        remedy: 'Compare it with a value.',
      });
    return (lookup) => lookup(reference);
  }

  private comparison(
    node: jsep.Expression,
    compare: (a: unknown, b: unknown) => boolean,
  ): Evaluate | undefined {
    const left = node.left as jsep.Expression;
    const right = node.right as jsep.Expression;
    const a = this.value(left);
    const b = this.value(right);
    if (!a || !b) return undefined;
    // A path against what is written out: the value must be one that the key can have.
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const path = pathOf(side);
      const written = path && literalOf(other);
      if (!path || !written) continue;
      const reference = { path, name: formatPath(path) };
      const values = node.operator === 'in' && Array.isArray(written.value) ? written.value : [written.value];
      for (const value of values) if (!this.comparable(reference, value, this.at)) return undefined;
    }
    return (lookup) => compare(a(lookup), b(lookup));
  }

  private value(node: jsep.Expression): Evaluate | undefined {
    const literal = literalOf(node);
    if (literal) return () => literal.value;
    const path = pathOf(node);
    if (path) {
      const reference = this.reference(path, formatPath(path));
      return reference && ((lookup) => lookup(reference));
    }
    if (node.type === 'ArrayExpression') {
      const items = (node.elements as jsep.Expression[]).map((element) => this.value(element));
      if (items.some((item) => !item)) return undefined;
      return (lookup) => items.map((item) => item!(lookup));
    }
    if (node.type === 'BinaryExpression' && arithmetic[node.operator as string]) {
      const operate = arithmetic[node.operator as string]!;
      const left = this.value(node.left as jsep.Expression);
      const right = this.value(node.right as jsep.Expression);
      if (!left || !right) return undefined;
      return (lookup) => {
        const [a, b] = [left(lookup), right(lookup)];
        return typeof a === 'number' && typeof b === 'number' ? operate(a, b) : undefined;
      };
    }
    return this.unsupported(node, 'this is no value');
  }

  private reference(path: Path, written: string): Reference | undefined {
    const name = formatPath(path);
    const schemas = possibleSchemas(path);
    if (schemas.length === 0) {
      const near = suggestPath(name);
      return this.fail(written, {
        code: 'sweep-path',
        message: `${name} is not a key of a spec.`,
        remedy: path.length === 1 && !near ? `If ${name} is a value, put it in quotes.` : undefined,
        ...(near
          ? { suggestion: near.text, fix: near.sure && near.text !== written ? near.text : undefined }
          : {}),
      });
    }
    if (schemas.every((schema) => schema.properties || schema.oneOf))
      return this.fail(written, {
        code: 'sweep-path',
        message: `${name} is a map; a condition compares single values.`,
        suggestion: undefined,
      });
    const reference = this.references.get(name) ?? { path, name };
    this.references.set(name, reference);
    return reference;
  }

  /** Whether a key can have a value at all: a misspelt one would make the condition constant. */
  private comparable(reference: Reference, value: unknown, at: Path): boolean {
    if (value === null) return true;
    const schemas = possibleSchemas(reference.path);
    if (schemas.some((schema) => allows(schema, value))) return true;
    const choices = schemas.flatMap(
      (schema) => schema.then?.enum ?? schema.enum ?? (schema.const === undefined ? [] : [schema.const]),
    );
    const near = typeof value === 'string' ? suggest(value, choices.map(String)) : undefined;
    this.findings.push({
      code: 'sweep-condition-value',
      at,
      on: 'value',
      within: typeof value === 'string' ? value : undefined,
      path: formatPath(at),
      message: `${reference.name} is never ${show(value)}.`,
      found: show(value),
      expected:
        choices.length > 0
          ? `one of ${choices.join(', ')}`
          : schemas.map((schema) => typeNames(schema)).join(' or '),
      ...(near ? { suggestion: near.text, fix: near.sure ? near.text : undefined } : {}),
    });
    return false;
  }

  private unsupported(node: jsep.Expression, why: string): undefined {
    return this.fail(undefined, {
      message: `The condition cannot be read: ${why}.`,
      found: node.type,
      remedy:
        'A condition holds dotted paths, numbers, quoted text, true, false, null and lists, compared by == != < <= > >= in, combined by and, or, !( ).',
    });
  }

  private fail(within: string | undefined, finding: Partial<PlacedFinding> & { message: string }): undefined {
    this.findings.push({
      code: 'sweep-condition',
      at: this.at,
      on: 'value',
      path: formatPath(this.at),
      within,
      ...finding,
    });
    return undefined;
  }
}

function allows(schema: Schema, value: unknown): boolean {
  const types = [schema.type ?? []].flat();
  const choices = typeof value === 'string' ? (schema.then?.enum ?? schema.enum) : schema.enum;
  if (schema.const !== undefined) return schema.const === value;
  if (choices) return choices.includes(value);
  if (types.length === 0) return true;
  if (typeof value === 'number')
    return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  if (Array.isArray(value)) return types.includes('array');
  return types.includes(typeof value);
}

/** A dotted path in an expression: `a.b[0].c`. */
function pathOf(node: jsep.Expression): Path | undefined {
  if (node.type === 'Identifier') return [node.name as string];
  if (node.type !== 'MemberExpression') return undefined;
  const parent = pathOf(node.object as jsep.Expression);
  if (!parent) return undefined;
  const property = node.property as jsep.Expression;
  if (!node.computed) return [...parent, property.name as string];
  return property.type === 'Literal' &&
    (typeof property.value === 'number' || typeof property.value === 'string')
    ? [...parent, property.value]
    : undefined;
}

/** A value that is written out: a number, text, true, false, null or a list of them. */
function literalOf(node: jsep.Expression): { value: unknown } | undefined {
  if (node.type === 'Literal') return { value: node.value };
  if (node.type === 'UnaryExpression' && (node.operator === '-' || node.operator === '+')) {
    const inner = literalOf(node.argument as jsep.Expression);
    if (typeof inner?.value !== 'number') return undefined;
    return { value: node.operator === '-' ? -inner.value : inner.value };
  }
  if (node.type !== 'ArrayExpression') return undefined;
  const items = (node.elements as Array<jsep.Expression | null>).map((element) =>
    element ? literalOf(element) : undefined,
  );
  return items.every((item) => item !== undefined) ? { value: items.map((item) => item!.value) } : undefined;
}
