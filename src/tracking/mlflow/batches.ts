/** Limits of one request: entries, and bytes of its JSON (the server takes a megabyte). */
const BYTES = 900_000;

/** Splits entries into batches that the server takes, in their order. */
export function* batches<T extends object>(entries: readonly T[], most: number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (batch.length > 0 && (batch.length >= most || bytes + size > BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
