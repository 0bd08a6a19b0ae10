import { kernel } from '../../base/wasm-kernel.ts';
import { wasm } from './kernels/philox.generated.ts';

const open = kernel<{ uniform(k0: number, k1: number, u0: number, u1: number, groups: number): void }>(wasm);

/** Numbers that the kernel writes at once. */
const GROUP = 16;

/** Multipliers and key increments of Philox 4×32 (Salmon et al., 2011). */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** The key under which TensorFlow's stateless ops scramble a seed. */
const SCRAMBLE = [0x3ec8f720, 0x02461e29] as const;

/** The upper 32 bits of a product of two unsigned numbers of 32 bits. */
function high(a: number, b: number): number {
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = al * bl;
  const middle = ah * bl + (low >>> 16);
  const other = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 65536) + Math.floor(other / 65536)) >>> 0;
}

/** Philox 4×32 with ten rounds: 128 bits of a counter and a key, written into `out`. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, low0] = [high(M0, c0), Math.imul(M0, c0) >>> 0];
    const [high1, low1] = [high(M1, c2), Math.imul(M1, c2) >>> 0];
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * Fills `to` with uniform numbers in [0, 1) of the stream that a seed of two int32 names: bit for bit those of TensorFlow's
 * StatelessRandomUniform.
 */
export function uniform(seed0: number, seed1: number, to: Float32Array): void {
  const words = new Uint32Array(4);
  const sign = (seed: number) => (seed < 0 ? 0xffffffff : 0);
  philox([seed0 >>> 0, sign(seed0), seed1 >>> 0, sign(seed1)], SCRAMBLE, words);
  const groups = Math.ceil(to.length / GROUP);
  const { run, bytes } = open(groups * GROUP * 4);
  run.uniform(words[0]!, words[1]!, words[2]!, words[3]!, groups);
  to.set(new Float32Array(bytes.buffer, 0, to.length));
}
