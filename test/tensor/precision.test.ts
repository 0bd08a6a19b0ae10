import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuInfo } from '../../src/base/cpu-info.ts';
import { precisionOf } from '../../src/tensor/precision.ts';
import { withoutOneDnn } from '../support/onednn.ts';
import { facecom, packageDir } from '../support/program.ts';

test('bfloat16 is taken where its products are faster: with AMX, or AVX512-BF16 of another maker than Intel', () => {
  const of = (isa: string, bfloat16: boolean, vendor: string) =>
    precisionOf({ isa, bfloat16 }, vendor).precision;
  assert.equal(of('avx512_core_amx', true, 'GenuineIntel'), 'bfloat16');
  assert.equal(of('avx10_1_512_amx', true, 'GenuineIntel'), 'bfloat16');
  assert.equal(of('avx512_core_bf16', true, 'AuthenticAMD'), 'bfloat16');
  assert.equal(of('avx512_core_bf16', true, ''), 'bfloat16');
  assert.equal(of('avx512_core_bf16', true, 'GenuineIntel'), 'float32');
  assert.equal(of('avx512_core_fp16', true, 'GenuineIntel'), 'float32');
  assert.equal(of('avx2', false, 'AuthenticAMD'), 'float32');
});

const amx = cpuInfo('vendor_id') === 'GenuineIntel' && cpuInfo('flags').split(' ').includes('amx_bf16');
const skip = withoutOneDnn || (amx ? false : 'this processor is none of Intel with AMX');

test('doctor says which arithmetic `auto` takes, and why, where AMX is not to be used', {
  skip,
}, async () => {
  const env = { DNNL_MAX_CPU_ISA: 'AVX512_CORE_BF16', ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16' };
  const { stdout } = await facecom(['doctor', '--json'], { cwd: packageDir, env });
  assert.match(stdout, /"precision":\s*"float32"/);
  assert.match(stdout, /without AMX a processor of Intel is no faster in bfloat16/);
});
