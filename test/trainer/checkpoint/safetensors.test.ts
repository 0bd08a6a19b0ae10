import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyAside } from '../../../src/base/files.ts';
import type { StateTensor } from '../../../src/model/index.ts';
import {
  readHeader,
  readSafetensors,
  writeSafetensors,
} from '../../../src/trainer/checkpoint/safetensors.ts';
import { temporaryFolder } from '../../support/program.ts';

const tensors = new Map<string, StateTensor>([
  [
    'model/weight',
    { dtype: 'float32', shape: [2, 3], data: new Float32Array([1, -2, 0.1, 1e-38, -0, 3e38]) },
  ],
  ['model/größe', { dtype: 'int32', shape: [2], data: new Int32Array([-7, 2147483647]) }],
  ['model/scalar', { dtype: 'float32', shape: [], data: new Float32Array([5]) }],
  ['model/empty', { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) }],
]);

const damaged = { name: 'FacecomError', code: 'checkpoint-damaged' };

test('tensors and metadata are read back with the same bits', async (t) => {
  const path = join(await temporaryFolder(t), 'a.safetensors');
  await writeSafetensors(path, tensors, { state: '{"epoch":3}', note: 'é' });
  const read = await readSafetensors(path);
  assert.deepEqual(read.tensors, tensors);
  assert.ok(Object.is(read.tensors.get('model/weight')!.data[4], -0));
  assert.equal(read.metadata.state, '{"epoch":3}');
  assert.equal(read.metadata.note, 'é');
  assert.deepEqual((await readHeader(path)).metadata, read.metadata);
});

test('a part of a larger buffer is written as that part', async (t) => {
  const path = join(await temporaryFolder(t), 'a.safetensors');
  const data = new Float32Array([0, 1, 2, 3]).subarray(1, 3);
  await writeSafetensors(path, new Map([['x', { dtype: 'float32', shape: [2], data }]]), {});
  assert.deepEqual([...(await readSafetensors(path)).tensors.get('x')!.data], [1, 2]);
});

test('the layout is the one of the format', async (t) => {
  const path = join(await temporaryFolder(t), 'a.safetensors');
  await writeSafetensors(path, tensors, {});
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  assert.equal(length % 8, 0);
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8'));
  assert.deepEqual(header['model/weight'], { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
  assert.deepEqual(header['model/größe'], { dtype: 'I32', shape: [2], data_offsets: [24, 32] });
  assert.equal(bytes.readFloatLE(8 + length + 4), -2);
  assert.equal(bytes.length, 8 + length + 36);
});

test('every cut and a changed byte are found', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a.safetensors');
  await writeSafetensors(path, tensors, {});
  const whole = readFileSync(path);
  for (const size of [0, 5, 8, 40, whole.length - 37, whole.length - 1]) {
    const cut = join(folder, `cut-${size}`);
    writeFileSync(cut, whole);
    truncateSync(cut, size);
    await assert.rejects(readSafetensors(cut), damaged, `cut to ${size}`);
  }
  const flipped = Buffer.from(whole);
  flipped[whole.length - 20]! ^= 1;
  writeFileSync(join(folder, 'flipped'), flipped);
  await assert.rejects(readSafetensors(join(folder, 'flipped')), damaged);
  writeFileSync(join(folder, 'longer'), Buffer.concat([whole, Buffer.alloc(4)]));
  await assert.rejects(readSafetensors(join(folder, 'longer')), damaged);
});

for (const [what, header] of Object.entries({
  'not JSON': '{',
  'a list': '[]',
  'an unknown dtype': '{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}',
  'a shape of another size': '{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}',
  'an offset beyond the end': '{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
  'a negative side': '{"x":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}',
  'tensors that overlap':
    '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
  'a hole': '{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
  'no metadata in its place': '{"__metadata__":null,"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
  'metadata that are no text':
    '{"__metadata__":{"n":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
})) {
  test(`a header is refused that is or has ${what}`, async (t) => {
    const path = join(await temporaryFolder(t), 'a.safetensors');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]));
    await assert.rejects(readSafetensors(path), damaged);
  });
}

test('nothing is left aside, and what was there stays where writing fails', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a.safetensors');
  await writeSafetensors(path, tensors, { n: '1' });
  await copyAside(path, join(folder, 'b.safetensors'));
  assert.deepEqual(readdirSync(folder).sort(), ['a.safetensors', 'b.safetensors']);
  assert.deepEqual(readFileSync(path), readFileSync(join(folder, 'b.safetensors')));
  await assert.rejects(writeSafetensors(join(folder, 'missing', 'a'), tensors, {}), { code: 'ENOENT' });
  await assert.rejects(copyAside(join(folder, 'missing'), path), { code: 'ENOENT' });
  assert.equal((await readSafetensors(path)).metadata.n, '1');
  assert.deepEqual(readdirSync(folder).sort(), ['a.safetensors', 'b.safetensors']);
});
