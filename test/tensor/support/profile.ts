/** One op of a profiled run. */
export interface OpTime {
  node: string;
  /** Such as `Conv2D` or, after Grappler's rewrites, `_MklNativeConv2D`. */
  op: string;
  /** Microseconds since 1970. */
  start: number;
  /** Microseconds. */
  duration: number;
}

/** The ops of a serialized RunMetadata (tensorflow/core/protobuf/config.proto, framework/step_stats.proto), host threads only. */
export function opTimes(metadata: Uint8Array): OpTime[] {
  const times: OpTime[] = [];
  for (const stepStats of fields(metadata, 1)) {
    for (const device of fields(stepStats, 1)) {
      for (const node of fields(device, 2)) {
        const label = text(fields(node, 8)[0]);
        const start = integer(node, 2) ?? 0;
        const [begin, end] = [integer(node, 3) ?? 0, integer(node, 4) ?? 0];
        times.push({
          node: text(fields(node, 1)[0]),
          op: / = ([\w>:-]+)\(/.exec(label)?.[1] ?? label,
          start: start + begin,
          duration: end - begin,
        });
      }
    }
  }
  return times;
}

const text = (bytes: Uint8Array | undefined): string => (bytes ? new TextDecoder().decode(bytes) : '');

/** Walks a protobuf message's fields. */
function* walk(bytes: Uint8Array): Generator<{ field: number; value: number | Uint8Array }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) yield { field, value: varint() };
    else if (wire === 2) {
      const length = varint();
      yield { field, value: bytes.subarray(at, at + length) };
      at += length;
    } else at += wire === 1 ? 8 : 4;
  }
}

function fields(bytes: Uint8Array, field: number): Uint8Array[] {
  return [...walk(bytes)]
    .filter((f) => f.field === field && typeof f.value !== 'number')
    .map((f) => f.value as Uint8Array);
}

function integer(bytes: Uint8Array, field: number): number | undefined {
  for (const f of walk(bytes)) if (f.field === field && typeof f.value === 'number') return f.value;
  return undefined;
}
