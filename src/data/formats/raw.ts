/** Pixels row by row, 8 bits a channel. */
export interface RawPicture {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 3;
}
