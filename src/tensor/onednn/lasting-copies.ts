import { type Instruction, type Storage, type Tensor, typeOf } from './instruction.ts';
import type { Place } from './memory.ts';
import type { Primitives } from './primitives.ts';

/** What writes the copies, an Emitter. */
interface Writer {
  readonly primitives: Primitives;
  readonly instructions: Instruction[];
  copy(from: Tensor, to: Tensor): void;
  view(tensor: Tensor, shape: readonly number[], strides: readonly number[], offset: number): Tensor;
}

/** Memory that lives as long as the program. */
type Keep = (bytes: number, what: string) => Place;

interface LastingCopy {
  from: Tensor;
  to: Tensor;
  /** Whether its values lie in the same order, so that it can be made in parts. */
  flat: boolean;
  /** Whether the instructions that write the variable make it in parts: those that are being emitted, or the last ones. */
  parts: 'none' | 'writing' | 'written';
}

/**
 * Copies of variables that outlive a run, such as weights in bfloat16: the step that writes the variable makes them anew while its values
 * are still in the cache, which spares the next step a pass over all weights.
 */
export class LastingCopies {
  private readonly emitter: Writer;
  private readonly keep: Keep;
  private readonly copies = new Map<Storage, LastingCopy[]>();
  /** After how many instructions a storage was written last. */
  private readonly writtenAt = new Map<Storage, number>();

  constructor(emitter: Writer, keep: Keep) {
    this.emitter = emitter;
    this.keep = keep;
  }

  isWritten(storage: Storage): boolean {
    return this.writtenAt.has(storage);
  }

  /** `to` becomes such a copy of a variable. */
  add(from: Tensor, to: Tensor): void {
    to.storage.place = this.keep(to.layout.bytes, 'weights in bfloat16');
    const all = this.copies.get(from.storage) ?? [];
    all.push({ from, to, flat: this.isFlat(from, to), parts: 'none' });
    this.copies.set(from.storage, all);
  }

  /** So many values of a variable from one on have their last value of this step: what is copied as it lies is made of them. */
  writtenPart(variable: Tensor, from: number, count: number): void {
    const { emitter } = this;
    for (const copy of this.copies.get(variable.storage) ?? []) {
      if (!copy.flat) continue;
      const part = (tensor: Tensor) => emitter.view(tensor, [count], [1], from);
      emitter.copy(part(variable), part(copy.to));
      copy.parts = 'writing';
    }
  }

  /** The instructions emitted last wrote the storage. */
  written(storage: Storage): void {
    this.writtenAt.set(storage, this.emitter.instructions.length);
    for (const copy of this.copies.get(storage) ?? [])
      copy.parts = copy.parts === 'writing' ? 'written' : 'none';
  }

  /** The emitted instructions with those that make the copies anew; `first` makes them where anything else changed the variables. */
  program(): { first: Instruction[]; rest: Instruction[] } {
    const all = [...this.copies];
    const first = all.flatMap(([, copies]) => this.make(copies));
    const again = all.flatMap(([storage, copies]) => {
      const at = this.writtenAt.get(storage);
      const open = copies.filter(({ parts }) => parts !== 'written');
      return at === undefined ? [] : [{ at, instructions: this.make(open) }];
    });
    const rest = [...this.emitter.instructions];
    for (const { at, instructions } of again.sort((a, b) => b.at - a.at)) rest.splice(at, 0, ...instructions);
    return { first, rest };
  }

  private make(copies: readonly LastingCopy[]): Instruction[] {
    const { instructions } = this.emitter;
    const start = instructions.length;
    for (const { from, to } of copies) this.emitter.copy(from, to);
    return instructions.splice(start);
  }

  private isFlat({ layout, offset, shape, dtype }: Tensor, to: Tensor): boolean {
    const { primitives } = this.emitter;
    const plain = (type: number) => primitives.plain(shape, typeOf(type));
    return (
      offset === 0 && primitives.equal(layout, plain(dtype)) && primitives.equal(to.layout, plain(to.dtype))
    );
  }
}
