import type { Gpu } from '../machine/index.ts';
import type { Slot } from './slots.ts';

/** Milliseconds for which what was seen is taken for what is. */
const FRESH = 15_000;

/** Whether the GPUs of slots are there, without waiting for nvidia-smi between two trials. */
export class GpuPresence {
  private seen: Set<string>;
  private at = performance.now();
  private looking: Promise<void> | undefined;
  private readonly list: () => Promise<readonly Gpu[]>;

  constructor(gpus: readonly Gpu[], list: () => Promise<readonly Gpu[]>) {
    this.seen = uuids(gpus);
    this.list = list;
  }

  async there({ visible = [] }: Slot, fresh: boolean): Promise<boolean> {
    if (visible.length === 0) return true;
    if (fresh) await this.look();
    else if (performance.now() - this.at > FRESH) void this.look();
    return visible.every((uuid) => this.seen.has(uuid));
  }

  private look(): Promise<void> {
    this.looking ??= this.list().then((gpus) => {
      this.seen = uuids(gpus);
      this.at = performance.now();
      this.looking = undefined;
    });
    return this.looking;
  }
}

const uuids = (gpus: readonly Gpu[]): Set<string> =>
  new Set(gpus.flatMap(({ uuid, mig }) => [uuid, ...mig.map((slice) => slice.uuid)]));
