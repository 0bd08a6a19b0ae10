/** One square image, changed in place. */
export interface Picture {
  /** `[size, size, 3]` RGB, 0..255. */
  pixels: Uint8Array;
  /** Side, pixels. */
  size: number;
}
