import { writeSafetensors } from '../checkpoint/safetensors.ts';

/** Writes features as a safetensors file: `features [images, width]`, and in its metadata the names as a JSON list. */
export async function writeFeatures(
  file: string,
  parts: readonly Float32Array[],
  names: readonly string[],
): Promise<void> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const data = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  const shape = [names.length, length / names.length];
  await writeSafetensors(file, new Map([['features', { dtype: 'float32' as const, shape, data }]]), {
    format: 'pt',
    names: JSON.stringify(names),
  });
}
