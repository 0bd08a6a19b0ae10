import koffi from 'koffi';
import { FacecomError } from '../../base/errors.ts';
import { libc } from './libc.ts';
import { OOM_REMEDY, type Pointer } from './library.ts';

const PROTECTION = 3; // PROT_READ | PROT_WRITE
const FLAGS = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
const HUGE_PAGES = 14; // MADV_HUGEPAGE
/** Regions from this size on are worth huge pages. */
const HUGE = 1 << 22;

/** A region of memory outside of JavaScript's heap, zero at first. It has one owner, who frees it. */
export class Region {
  readonly address: Pointer;
  readonly bytes: number;
  private readonly buffer: ArrayBuffer;
  private freed = false;

  /** Throws FacecomError `oom` where the system gives none. */
  constructor(bytes: number, what: string) {
    this.bytes = Math.max(4096, Math.ceil(bytes / 4096) * 4096);
    const address = BigInt(libc().mmap(null, this.bytes, PROTECTION, FLAGS, -1, 0) as number | bigint);
    if (address === -1n || address === 0n) {
      throw new FacecomError('oom', `Out of memory: ${what}.`, {
        found: `${this.bytes} bytes could not be allocated`,
        remedy: OOM_REMEDY,
      });
    }
    this.address = address;
    if (this.bytes >= HUGE) libc().madvise(address, this.bytes, HUGE_PAGES);
    this.buffer = koffi.view(address, this.bytes);
  }

  floats(offset: number, count: number): Float32Array {
    return new Float32Array(this.buffer, offset, count);
  }

  integers(offset: number, count: number): Int32Array {
    return new Int32Array(this.buffer, offset, count);
  }

  bytesAt(offset: number, count: number): Uint8Array {
    return new Uint8Array(this.buffer, offset, count);
  }

  free(): void {
    if (!this.freed) libc().munmap(this.address, this.bytes);
    this.freed = true;
  }
}

const SLAB = 1 << 22;
export const ALIGNMENT = 64;
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export interface Place {
  region: Region;
  offset: number;
}

/** Places that live as long as their owner: small ones share a region. */
export class Slabs {
  private readonly regions: Region[] = [];
  private current: Region | undefined;
  private used = 0;

  place(bytes: number, what: string): Place {
    const size = aligned(Math.max(1, bytes));
    if (size >= SLAB / 4) {
      const region = new Region(size, what);
      this.regions.push(region);
      return { region, offset: 0 };
    }
    if (!this.current || this.used + size > this.current.bytes) {
      this.current = new Region(SLAB, what);
      this.regions.push(this.current);
      this.used = 0;
    }
    const offset = this.used;
    this.used += size;
    return { region: this.current, offset };
  }

  get bytes(): number {
    return this.regions.reduce((sum, region) => sum + region.bytes, 0);
  }

  free(): void {
    for (const region of this.regions) region.free();
    this.regions.length = 0;
    this.current = undefined;
  }
}
