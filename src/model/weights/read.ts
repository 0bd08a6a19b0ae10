import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { FacecomError } from '../../base/errors.ts';
import { damaged } from './errors.ts';
import { isSafetensors, parseSafetensors } from './safetensors-file.ts';
import type { WeightsFile } from './tensor.ts';
import { isTorch, parseTorch } from './torch-file.ts';

/** Every tensor of a weights file, whatever its format: its first bytes tell. Throws `weights-missing`, `weights-damaged`, `weights-pickle`. */
export async function readWeights(file: string): Promise<WeightsFile> {
  await checkThere(file);
  const bytes = new Uint8Array(await readFile(file));
  if (isSafetensors(bytes)) return parseSafetensors(file, bytes);
  if (isTorch(bytes)) return parseTorch(file, bytes);
  throw damaged(
    file,
    bytes.length === 0 ? 'it is empty' : 'it is neither safetensors nor written by torch.save',
  );
}

/** SHA-256 of a weights file, hexadecimal: part of a trial's id. Throws `weights-missing`. */
export async function hashWeights(file: string): Promise<string> {
  await checkThere(file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function checkThere(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile()) return;
  throw new FacecomError('weights-missing', `model.weights ${info ? 'is not a file' : 'does not exist'}.`, {
    found: file,
    expected: 'a .safetensors, .pth or .pt file, or run:NAME',
    remedy:
      'Correct model.weights; it is taken relative to the working directory. Leave it out to start from random weights.',
    exitCode: 2,
  });
}
