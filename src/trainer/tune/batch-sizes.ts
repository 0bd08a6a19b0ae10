/** What a size of batches came to. */
export interface SizeMeasured {
  size: number;
  /** Median of its steps. */
  imagesPerSecond: number;
  /** Largest memory of the process so far, bytes. */
  memory: number;
}

/** A size within so much of the best throughput is as good; smaller batches then leave memory and make more steps. */
const AS_GOOD = 0.95;
/** Two sizes in a row that bring less than this make larger ones pointless. */
const GAIN = 1.03;

/** 1, 2, 4, … up to the number of training images, whatever is below `from` left out. */
export function sizesUpTo(images: number, from: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size <= images; size *= 2) if (size >= from) sizes.push(size);
  return sizes;
}

/** The memory that a larger size will need, bytes: the last two are continued in a straight line, one alone stays. */
export function expectedMemory(measured: readonly SizeMeasured[], size: number): number {
  const last = measured.at(-1);
  if (!last) return 0;
  const before = measured.at(-2);
  const each = before ? (last.memory - before.memory) / (last.size - before.size) : 0;
  return last.memory + Math.max(0, each) * (size - last.size);
}

/** Whether larger sizes bring no more: neither of the last two is faster than the one before. */
export function isFlat(measured: readonly SizeMeasured[]): boolean {
  const [first, second, third] = measured.slice(-3);
  if (!first || !second || !third) return false;
  const most = Math.max(second.imagesPerSecond, third.imagesPerSecond);
  return most < first.imagesPerSecond * GAIN;
}

/** The smallest size that is as fast as the fastest; undefined if none was measured. */
export function suggestSize(measured: readonly SizeMeasured[]): SizeMeasured | undefined {
  const fastest = measured.reduce((most, { imagesPerSecond }) => Math.max(most, imagesPerSecond), 0);
  return measured.find(({ imagesPerSecond }) => imagesPerSecond >= AS_GOOD * fastest);
}
