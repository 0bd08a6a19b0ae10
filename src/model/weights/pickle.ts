/**
 * Reads pickles (protocols 0 to 5) without executing anything: a global is looked up in a table that the caller gives, and what is not
 * in it is refused. https://docs.python.org/3/library/pickletools.html names the opcodes.
 */

/** A function or class that a pickle may name, in our stead: it is called with its arguments. */
export type Known = (...args: unknown[]) => unknown;

export interface PickleOptions {
  /** `module.name` → what stands for it. */
  globals: ReadonlyMap<string, Known>;
  /** What a persistent id stands for. */
  persistent: (id: unknown) => unknown;
}

/** The pickle names something that is not allowed: `name` says what. */
export class RefusedGlobal extends Error {
  readonly global: string;
  constructor(global: string) {
    super(`the pickle asks for ${global}, which is not run`);
    this.name = 'RefusedGlobal';
    this.global = global;
  }
}

const MARK = Symbol('mark');

/** The first pickle of some bytes and where it ends. Throws RefusedGlobal, or an Error where the bytes are none. */
export function unpickle(
  bytes: Uint8Array,
  options: PickleOptions,
  start = 0,
): { value: unknown; end: number } {
  return new Unpickler(bytes, options, start).run();
}

class Unpickler {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly options: PickleOptions;
  private readonly stack: unknown[] = [];
  private readonly memo = new Map<number, unknown>();
  private at: number;

  constructor(bytes: Uint8Array, options: PickleOptions, start: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.options = options;
    this.at = start;
  }

  run(): { value: unknown; end: number } {
    for (;;) {
      const code = String.fromCharCode(this.byte());
      if (code === '.') return { value: this.stack.pop(), end: this.at };
      const operation = operations[code];
      if (!operation) throw new Error(`an opcode that is not known (${code.charCodeAt(0)})`);
      operation(this);
    }
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw new Error('a value is missing');
    return this.stack.pop();
  }

  top(): unknown {
    return this.stack.at(-1);
  }

  toMark(): unknown[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw new Error('a mark is missing');
    const values = this.stack.splice(mark + 1);
    this.stack.pop();
    return values;
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw new Error('a value is used before it is made');
    this.push(this.memo.get(index));
  }

  get remembered(): number {
    return this.memo.size;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  take(count: number): Uint8Array {
    const end = this.at + count;
    if (count < 0 || end > this.bytes.length) throw new Error('it ends too early');
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  number(size: 1 | 2 | 4 | 8): number {
    const at = this.at;
    this.take(size);
    switch (size) {
      case 1:
        return this.view.getUint8(at);
      case 2:
        return this.view.getUint16(at, true);
      case 4:
        return this.view.getUint32(at, true);
      case 8:
        return Number(this.view.getBigUint64(at, true));
    }
  }

  signed(): number {
    return this.number(4) | 0;
  }

  double(): number {
    const at = this.at;
    this.take(8);
    return this.view.getFloat64(at, false);
  }

  text(length: number): string {
    return Buffer.from(this.take(length)).toString('utf8');
  }

  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw new Error('it ends too early');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  global(module: string, name: string): void {
    const known = this.options.globals.get(`${module}.${name}`);
    if (!known) throw new RefusedGlobal(`${module}.${name}`);
    this.push(known);
  }

  persistent(id: unknown): void {
    this.push(this.options.persistent(id));
  }

  call(callee: unknown, args: unknown): void {
    if (typeof callee !== 'function' || !Array.isArray(args))
      throw new Error('a call of what is no function');
    this.push((callee as Known)(...args));
  }
}

const whole = (bytes: Uint8Array): number => {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return Number(BigInt.asIntN(bytes.length * 8, value));
};

function addItems(target: unknown, items: readonly unknown[]): void {
  if (!(target instanceof Map)) throw new Error('items of what is no dict');
  for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
}

function append(target: unknown, values: readonly unknown[]): void {
  if (Array.isArray(target)) for (const value of values) target.push(value);
  else if (target instanceof Set) for (const value of values) target.add(value);
  else throw new Error('an item of what is no list');
}

const operations: Record<string, (machine: Unpickler) => void> = {
  '\x80': (m) => m.take(1),
  '\x95': (m) => m.take(8),
  '(': (m) => m.push(MARK),
  '0': (m) => m.pop(),
  '1': (m) => m.toMark(),
  '2': (m) => m.push(m.top()),
  N: (m) => m.push(null),
  '\x88': (m) => m.push(true),
  '\x89': (m) => m.push(false),
  I: (m) => {
    const line = m.line();
    m.push(line === '00' ? false : line === '01' ? true : Number(line));
  },
  L: (m) => m.push(Number(m.line().replace(/L$/, ''))),
  F: (m) => m.push(Number(m.line())),
  J: (m) => m.push(m.signed()),
  K: (m) => m.push(m.number(1)),
  M: (m) => m.push(m.number(2)),
  '\x8a': (m) => m.push(whole(m.take(m.number(1)))),
  '\x8b': (m) => m.push(whole(m.take(m.number(4)))),
  G: (m) => m.push(m.double()),
  V: (m) => m.push(m.line()),
  S: (m) => m.push(m.line().replace(/^['"]|['"]$/g, '')),
  X: (m) => m.push(m.text(m.number(4))),
  '\x8c': (m) => m.push(m.text(m.number(1))),
  '\x8d': (m) => m.push(m.text(m.number(8))),
  T: (m) => m.push(m.text(m.number(4))),
  U: (m) => m.push(m.text(m.number(1))),
  B: (m) => m.push(m.take(m.number(4))),
  C: (m) => m.push(m.take(m.number(1))),
  '\x8e': (m) => m.push(m.take(m.number(8))),
  '\x96': (m) => m.push(m.take(m.number(8))),
  ']': (m) => m.push([]),
  l: (m) => m.push(m.toMark()),
  a: (m) => {
    const value = m.pop();
    append(m.top(), [value]);
  },
  e: (m) => {
    const values = m.toMark();
    append(m.top(), values);
  },
  ')': (m) => m.push([]),
  t: (m) => m.push(m.toMark()),
  '\x85': (m) => m.push([m.pop()]),
  '\x86': (m) => {
    const b = m.pop();
    m.push([m.pop(), b]);
  },
  '\x87': (m) => {
    const [c, b] = [m.pop(), m.pop()];
    m.push([m.pop(), b, c]);
  },
  '}': (m) => m.push(new Map()),
  d: (m) => {
    const made = new Map();
    addItems(made, m.toMark());
    m.push(made);
  },
  s: (m) => {
    const value = m.pop();
    const key = m.pop();
    addItems(m.top(), [key, value]);
  },
  u: (m) => {
    const items = m.toMark();
    addItems(m.top(), items);
  },
  '\x8f': (m) => m.push(new Set()),
  '\x90': (m) => {
    const values = m.toMark();
    append(m.top(), values);
  },
  '\x91': (m) => m.push(new Set(m.toMark())),
  g: (m) => m.recall(Number(m.line())),
  h: (m) => m.recall(m.number(1)),
  j: (m) => m.recall(m.number(4)),
  p: (m) => m.remember(Number(m.line())),
  q: (m) => m.remember(m.number(1)),
  r: (m) => m.remember(m.number(4)),
  '\x94': (m) => m.remember(m.remembered),
  c: (m) => {
    const module = m.line();
    m.global(module, m.line());
  },
  '\x93': (m) => {
    const name = String(m.pop());
    m.global(String(m.pop()), name);
  },
  R: (m) => {
    const args = m.pop();
    m.call(m.pop(), args);
  },
  '\x81': (m) => {
    const args = m.pop();
    m.call(m.pop(), args);
  },
  // The state of an object: what a state dict's own attributes (_metadata) are is of no use here.
  b: (m) => m.pop(),
  P: (m) => m.persistent(m.line()),
  Q: (m) => m.persistent(m.pop()),
};
