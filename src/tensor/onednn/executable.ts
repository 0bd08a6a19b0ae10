import { setImmediate } from 'node:timers/promises';
import { describe } from '../graph/builder.ts';
import { size } from '../graph/ir.ts';
import { DataType } from '../native/library.ts';
import { planArena } from './arena.ts';
import type { HostArray, Instruction, RunInfo, Storage, Tensor } from './emitter.ts';
import type { OneDnnHost } from './host.ts';
import { made, type Pointer, Status } from './library.ts';
import { Region, type Slabs } from './memory.ts';
import type { Layout } from './primitives.ts';

/** The event loop has its turn after so many milliseconds: heartbeats, signals and stops are served within a step. */
const TURN = 20;

/** Bytes of dnnl_exec_arg_t: an int, padding, a pointer. */
const ARGUMENT = 16;

export interface Program {
  first: readonly Instruction[];
  rest: readonly Instruction[];
}

/** Instructions with their memory: planned once, bound to the runtime's arena, run many times. */
export class Executable {
  /** Bytes of the arena that it needs. */
  readonly arenaBytes: number;
  private readonly runtime: OneDnnHost;
  private readonly what: string;
  private readonly instructions: Instruction[];
  /** How many of the first instructions depend on variables alone. */
  private readonly derived: number;
  private readonly slabs: Slabs;
  private readonly offsets = new Map<Storage, number>();
  private readonly memories: Pointer[] = [];
  private table: Region | undefined;
  private bound: Region | undefined;
  private calls: Array<{ pointer: Pointer; count: number; arguments: Pointer } | HostArray[]> = [];
  private derivedFor = -1;

  constructor(
    runtime: OneDnnHost,
    what: string,
    /** `first`: those that depend on variables alone, whose results are kept from run to run. */
    { first, rest }: Program,
    options: {
      inputs: readonly Tensor[];
      outputs: readonly Tensor[];
      slabs: Slabs;
    },
  ) {
    this.runtime = runtime;
    this.what = what;
    this.slabs = options.slabs;
    this.instructions = [...first, ...rest];
    this.derived = first.length;
    this.keepDerived(first, rest, options.outputs);
    this.arenaBytes = this.plan(options.inputs, options.outputs);
  }

  get length(): number {
    return this.instructions.length;
  }

  /** The typed array of a tensor, of all its values. */
  array({ storage, offset, shape, dtype }: Tensor): HostArray {
    this.bind();
    const { region, start } = this.where(storage);
    const count = size(shape);
    const at = start + offset;
    switch (dtype) {
      case DataType.FLOAT:
        return region.floats(at, count);
      case DataType.INT32:
        return region.integers(at, count);
      default:
        return region.bytesAt(at, count);
    }
  }

  /** Computes what depends on variables alone, unless it was computed for this version of them. */
  async derive(version: number, info: RunInfo): Promise<void> {
    if (this.derivedFor === version || this.derived === 0) return;
    await this.execute(0, this.derived, info);
    this.derivedFor = version;
  }

  /** `becomes`: the version of the variables once it has run, for which it keeps what it derives from them. */
  async run(info: RunInfo, becomes: number): Promise<void> {
    this.derivedFor = -1;
    await this.execute(this.derived, this.instructions.length, info);
    this.derivedFor = becomes;
  }

  dispose(): void {
    this.unbind();
    this.slabs.free();
  }

  private async execute(from: number, to: number, info: RunInfo): Promise<void> {
    this.bind();
    const { library, onInstruction } = this.runtime;
    const { execute, streamWait } = library.api;
    const { stream } = library;
    this.runtime.useThreads();
    let turn = performance.now();
    for (let i = from; i < to; i++) {
      const call = this.calls[i]!;
      const started = onInstruction ? performance.now() : 0;
      if (Array.isArray(call)) this.instructions[i]!.host!.run(call, info);
      else {
        const status = execute(call.pointer, stream, call.count, call.arguments) as number;
        if (status !== Status.success) this.fail(i, status);
      }
      const now = performance.now();
      onInstruction?.(this.instructions[i]!, (now - started) * 1000);
      if (now - turn > TURN) {
        await setImmediate();
        this.runtime.useThreads();
        turn = performance.now();
      }
    }
    streamWait(stream);
  }

  private fail(index: number, status: number): never {
    const { node, label } = this.instructions[index]!;
    const found = this.runtime.library.api.statusName(status) as string;
    throw this.runtime.refused(
      new Error(`${label}: ${found}`),
      `${this.what}${node ? `, in ${describe(node)}` : ''}`,
    );
  }

  /** What the first instructions leave for the rest has a place of its own. */
  private keepDerived(
    first: readonly Instruction[],
    rest: readonly Instruction[],
    outputs: readonly Tensor[],
  ): void {
    const written = new Set(first.flatMap(({ writes }) => writes));
    const needed = [
      ...rest.flatMap(({ reads, writes }) => [...reads, ...writes]),
      ...outputs.map((t) => t.storage),
    ];
    for (const storage of needed)
      if (written.has(storage)) storage.place ??= this.slabs.place(storage.bytes, this.what);
  }

  private plan(inputs: readonly Tensor[], outputs: readonly Tensor[]): number {
    const lives = new Map<Storage, { first: number; last: number }>();
    const touch = (storage: Storage, at: number): void => {
      if (storage.place) return;
      const life = lives.get(storage);
      if (!life) lives.set(storage, { first: at, last: at });
      else {
        life.first = Math.min(life.first, at);
        life.last = Math.max(life.last, at);
      }
    };
    for (const { storage } of inputs) touch(storage, this.derived);
    for (const [index, { reads, writes }] of this.instructions.entries())
      for (const storage of [...reads, ...writes]) touch(storage, index);
    for (const { storage } of outputs) touch(storage, this.instructions.length);
    const owners = this.shareInPlace(lives);
    const storages = [...lives.keys()].filter((storage) => !owners.has(storage));
    const { offsets, bytes } = planArena(
      storages.map((storage) => ({ bytes: storage.bytes, ...lives.get(storage)! })),
    );
    for (const [index, storage] of storages.entries()) this.offsets.set(storage, offsets[index]!);
    for (const storage of owners.keys()) {
      let owner = storage;
      while (owners.has(owner)) owner = owners.get(owner)!;
      this.offsets.set(storage, this.offsets.get(owner)!);
    }
    return bytes;
  }

  /** Lets an instruction write over what no later one reads. Gives, for each storage that took another's place, the other. */
  private shareInPlace(lives: Map<Storage, { first: number; last: number }>): Map<Storage, Storage> {
    const owners = new Map<Storage, Storage>();
    const ownerOf = (storage: Storage): Storage => {
      let owner = storage;
      while (owners.has(owner)) owner = owners.get(owner)!;
      return owner;
    };
    for (const [index, { inPlace }] of this.instructions.entries()) {
      for (const { write, read } of inPlace ?? []) {
        const owner = ownerOf(read);
        const [from, to] = [lives.get(owner), lives.get(write)];
        if (!from || !to || owners.has(write) || owner === write) continue;
        if (from.last !== index || to.first !== index || write.bytes > owner.bytes) continue;
        owners.set(write, owner);
        from.last = to.last;
        break;
      }
    }
    return owners;
  }

  private where(storage: Storage): { region: Region; start: number } {
    if (storage.place) return { region: storage.place.region, start: storage.place.offset };
    const offset = this.offsets.get(storage);
    if (offset === undefined) throw new Error('A storage that no instruction uses.');
    return { region: this.bound!, start: offset };
  }

  /** Makes memory objects and arrays over the runtime's arena, anew where that has grown. */
  private bind(): void {
    const arena = this.runtime.arena(this.arenaBytes, this.what);
    if (this.bound === arena) return;
    this.unbind();
    this.bound = arena;
    this.derivedFor = -1;
    const { api, engine } = this.runtime.library;
    const count = this.instructions.reduce((sum, { arguments: list }) => sum + (list?.length ?? 0), 0);
    this.table = new Region(Math.max(1, count) * ARGUMENT, this.what);
    const bytes = this.table.bytesAt(0, Math.max(1, count) * ARGUMENT);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const memories = new Map<string, Pointer>();
    const memory = (layout: Layout, storage: Storage, offset: number): Pointer => {
      const { region, start } = this.where(storage);
      const address = region.address + BigInt(start + offset);
      const key = `${address} ${layout.pointer}`;
      const known = memories.get(key);
      if (known !== undefined) return known;
      const pointer = made((out) => api.memoryCreate(out, layout.pointer, engine, address), api, 'a memory');
      memories.set(key, pointer);
      this.memories.push(pointer);
      return pointer;
    };
    let at = 0;
    this.calls = this.instructions.map(({ primitive, arguments: list, host }) => {
      if (!primitive) return host!.tensors.map((tensor) => this.array(tensor));
      const start = at;
      for (const { argument, layout, storage, offset } of list!) {
        view.setInt32(at, argument, true);
        view.setBigUint64(at + 8, memory(layout, storage, offset), true);
        at += ARGUMENT;
      }
      return {
        pointer: primitive.pointer,
        count: list!.length,
        arguments: this.table!.address + BigInt(start),
      };
    });
  }

  private unbind(): void {
    for (const memory of this.memories) this.runtime.library.api.memoryDestroy(memory);
    this.memories.length = 0;
    this.table?.free();
    this.table = undefined;
    this.bound = undefined;
    this.calls = [];
  }
}

/** The instructions with those that depend on variables and constants alone apart from the rest. */
export function splitDerived(instructions: readonly Instruction[]): Program {
  const derived = new Set<Storage>();
  const first: Instruction[] = [];
  const rest: Instruction[] = [];
  const others = new Set<Storage>();
  for (const instruction of instructions) {
    const known = (storage: Storage) => storage.constant || derived.has(storage);
    const isFirst =
      instruction.reads.every((storage) => known(storage) && !others.has(storage)) &&
      instruction.writes.every((storage) => !others.has(storage) && !storage.constant);
    if (isFirst) {
      first.push(instruction);
      for (const storage of instruction.writes) derived.add(storage);
    } else {
      rest.push(instruction);
      for (const storage of instruction.writes) others.add(storage);
    }
  }
  return { first, rest };
}
