import { type Api, check, made, type OneDnn, type Pointer, Query, Type } from './library.ts';

/** A memory descriptor of oneDNN: shape, type and layout. */
export interface Layout {
  pointer: Pointer;
  bytes: number;
  /** Tells equal layouts apart from others, for those that were described by strides. */
  key: string;
}

/** What is done to a primitive's result before it is written. */
export type PostOp =
  | { kind: 'eltwise'; algorithm: number; alpha?: number; beta?: number }
  | { kind: 'sum'; scale?: number }
  | { kind: 'binary'; algorithm: number; layout: Layout };

export interface Primitive {
  pointer: Pointer;
  desc: Pointer;
  scratchpad: Layout | undefined;
  implementation: string;
  /** The layout of an argument that the library chose. */
  layout(query: number): Layout;
}

export const bytesOf: Record<number, number> = {
  [Type.bf16]: 2,
  [Type.f32]: 4,
  [Type.s32]: 4,
  [Type.s8]: 1,
  [Type.u8]: 1,
};

/** Makes primitives and layouts, each once, and owns them. */
export class Primitives {
  readonly library: OneDnn;
  private readonly api: Api;
  private readonly layouts = new Map<string, Layout>();
  private readonly primitives = new Map<string, Primitive>();
  private readonly attributes = new Map<string, Pointer>();

  constructor(library: OneDnn) {
    this.library = library;
    this.api = library.api;
  }

  /** Dense, the last axis fastest, where `strides` (in elements) are left out. */
  plain(shape: readonly number[], type: number, strides: readonly number[] = dense(shape)): Layout {
    const dims = shape.length === 0 ? [1] : shape;
    const steps = shape.length === 0 ? [1] : strides;
    const key = `${type}|${dims}|${steps}`;
    return this.layout(key, (out) =>
      this.api.memoryDesc(out, dims.length, vector(dims), type, vector(steps)),
    );
  }

  /** A layout that a primitive may choose. */
  any(shape: readonly number[], type: number): Layout {
    return this.layout(`any|${type}|${shape}`, (out) =>
      this.api.memoryDescTag(out, shape.length, vector(shape), type, 1),
    );
  }

  equal(a: Layout, b: Layout): boolean {
    return a === b || (this.api.memoryDescEqual(a.pointer, b.pointer) as number) === 1;
  }

  /** A primitive for a key that says all about it; `describe` calls one of the library's functions. */
  make(
    key: string,
    describe: (api: Api, out: BigUint64Array, attributes: Pointer) => unknown,
    postOps: readonly PostOp[] = [],
  ): Primitive {
    const suffix = postOpsKey(postOps);
    const whole = `${key}${suffix}`;
    const known = this.primitives.get(whole);
    if (known) return known;
    const { api } = this;
    const attributes = this.attributesFor(postOps, suffix);
    const desc = made((out) => describe(api, out, attributes), api, whole);
    const pointer = made((out) => api.primitiveCreate(out, desc), api, whole);
    // Such a layout belongs to the description, which lives as long as the primitive.
    const layout = (query: number): Layout => {
      const found = api.queryMemoryDesc(desc, query, 0) as Pointer;
      return { pointer: found, bytes: Number(api.memoryDescSize(found)), key: `${whole} ${query}` };
    };
    const scratch = layout(Query.scratchpad);
    const primitive: Primitive = {
      pointer,
      desc,
      scratchpad: scratch.bytes > 0 ? scratch : undefined,
      implementation: this.library.implementation(desc),
      layout,
    };
    this.primitives.set(whole, primitive);
    return primitive;
  }

  get count(): number {
    return this.primitives.size;
  }

  dispose(): void {
    for (const { pointer, desc } of this.primitives.values()) {
      this.api.primitiveDestroy(pointer);
      this.api.primitiveDescDestroy(desc);
    }
    for (const { pointer } of this.layouts.values()) this.api.memoryDescDestroy(pointer);
    for (const pointer of this.attributes.values()) this.api.attrDestroy(pointer);
    this.primitives.clear();
    this.layouts.clear();
    this.attributes.clear();
  }

  private layout(key: string, create: (out: BigUint64Array) => unknown): Layout {
    const known = this.layouts.get(key);
    if (known) return known;
    const pointer = made(create, this.api, `the layout ${key}`);
    const layout = { pointer, bytes: Number(this.api.memoryDescSize(pointer)), key };
    this.layouts.set(key, layout);
    return layout;
  }

  private attributesFor(postOps: readonly PostOp[], key: string): Pointer {
    const known = this.attributes.get(key);
    if (known !== undefined) return known;
    const { api } = this;
    const attributes = made((out) => api.attrCreate(out), api, 'attributes');
    // The caller gives each primitive its scratchpad: it is part of the arena.
    check(api, api.attrScratchpad(attributes, 1) as number, () => 'the scratchpad');
    if (postOps.length > 0) {
      const list = made((out) => api.postOpsCreate(out), api, 'post-ops');
      for (const op of postOps) check(api, append(api, list, op), () => `the post-op ${op.kind}`);
      check(api, api.attrPostOps(attributes, list) as number, () => 'post-ops');
      api.postOpsDestroy(list);
    }
    this.attributes.set(key, attributes);
    return attributes;
  }
}

function append(api: Api, list: Pointer, op: PostOp): number {
  switch (op.kind) {
    case 'eltwise':
      return api.postOpsEltwise(list, op.algorithm, op.alpha ?? 0, op.beta ?? 0) as number;
    case 'sum':
      return api.postOpsSum(list, op.scale ?? 1, 0, 0) as number;
    case 'binary':
      return api.postOpsBinary(list, op.algorithm, op.layout.pointer) as number;
  }
}

const postOpKeys = {
  eltwise: ({ algorithm, alpha = 0, beta = 0 }: Extract<PostOp, { kind: 'eltwise' }>) =>
    ` +eltwise ${algorithm} ${alpha} ${beta}`,
  sum: ({ scale = 1 }: Extract<PostOp, { kind: 'sum' }>) => ` +sum ${scale}`,
  binary: ({ algorithm, layout }: Extract<PostOp, { kind: 'binary' }>) =>
    ` +binary ${algorithm} ${layout.key}`,
};

const postOpsKey = (postOps: readonly PostOp[]): string =>
  postOps.map((op) => postOpKeys[op.kind](op as never)).join('');

export function dense(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * Math.max(1, shape[i + 1]!);
  return strides;
}

/** dnnl_dims_t. */
export function vector(values: readonly number[]): BigInt64Array {
  const found = new BigInt64Array(12);
  for (const [i, value] of values.entries()) found[i] = BigInt(value);
  return found;
}
