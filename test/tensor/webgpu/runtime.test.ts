import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { openRuntime } from '../../../src/tensor/index.ts';
import { assertNear } from '../support/near.ts';
import { smallNet, train } from '../support/small-net.ts';
import { swiftShaderVariables, withoutSwiftShader } from '../support/swiftshader.ts';

const program = join(import.meta.dirname, '..', 'support', 'train-webgpu.ts');

const onWebgpu = (optimizer: string, env: Record<string, string>) =>
  execa(process.execPath, ['--import', 'tsx', program, optimizer], { env, timeout: 120_000, reject: false });

describe('the webgpu backend', { skip: withoutSwiftShader }, () => {
  it('trains as plain JavaScript does, within 1e-4', async () => {
    for (const optimizer of ['momentum', 'adam'] as const) {
      const { exitCode, stdout, stderr } = await onWebgpu(optimizer, swiftShaderVariables());
      assert.equal(exitCode, 0, stderr);
      // Dawn prints what it refuses, and the tensors are then left as they were.
      assert.doesNotMatch(stdout + stderr, /validation/);
      const found = JSON.parse(stdout);
      const options = { device: 'auto', precision: 'float32', seed: 1, threads: 0 } as const;
      const runtime = await openRuntime({ ...options, backend: 'cpu' });
      const expected = await train(runtime, smallNet(optimizer, { ema: 0.9 }), 3);
      runtime.dispose();
      assertNear({ losses: found.losses }, { losses: expected.losses }, 1e-4, optimizer);
      // Adam divides by the gradient's own size: where that is rounding only, so is the update.
      if (optimizer === 'momentum') assertNear(found.values, expected.values, 1e-4, optimizer);
    }
  });

  it('says that it finds no GPU if there is no driver', async () => {
    const none = { ...swiftShaderVariables(), VK_ICD_FILENAMES: '/none.json', VK_DRIVER_FILES: '/none.json' };
    const { exitCode, stderr } = await onWebgpu('momentum', none);
    assert.equal(exitCode, 1);
    assert.match(stderr, /WebGPU finds no GPU on this machine/);
  });
});
