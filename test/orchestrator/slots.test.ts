import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FacecomError } from '../../src/base/errors.ts';
import type { Gpu } from '../../src/machine/index.ts';
import { type MachineFacts, planSlots } from '../../src/orchestrator/slots.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const gpu = (index: number, more: Partial<Gpu> = {}): Gpu => ({
  index,
  uuid: `GPU-${index}`,
  name: 'H100',
  memoryTotal: 80e9,
  memoryUsed: 1e9,
  processes: [],
  driver: '570',
  mig: [],
  ...more,
});

function plan(
  machine: Partial<MachineFacts>,
  resources: object = {},
  { maxParallel = 0, trials = 100, usesGpu = true, measured = {} } = {},
) {
  return planSlots(
    { gpus: [], cores: 8, memory: 64e9, ...machine },
    { resources: resolveConfig({ resources }).resources, usesGpu, maxParallel, trials, measured },
  );
}

const code = (expected: string) => (error: unknown) =>
  error instanceof FacecomError && error.code === expected && error.exitCode === 2;

test('CPU slots: a trial a core, fewer if there are fewer trials, little memory or a limit; cores are divided', () => {
  const shape = (...args: Parameters<typeof plan>) => {
    const { slots } = plan(...args);
    return [slots.length, slots[0]!.threads];
  };
  assert.deepEqual(shape({}), [8, 1]);
  assert.deepEqual(shape({}, {}, { trials: 3 }), [3, 2]);
  assert.deepEqual(shape({}, {}, { trials: 0 }), [1, 8]);
  assert.deepEqual(shape({}, {}, { maxParallel: 2 }), [2, 4]);
  assert.deepEqual(shape({}, { max_parallel: 4 }), [4, 2]);
  assert.deepEqual(shape({}, { max_parallel: 4 }, { maxParallel: 1 }), [1, 8]);
  assert.deepEqual(shape({}, { cpus: 3 }), [2, 3]);
  assert.deepEqual(shape({ memory: 4e9 }), [2, 4]);
  assert.deepEqual(shape({}, { memory: '16GB' }), [4, 2]);
  assert.throws(() => plan({}, { memory: '65 GB' }), code('resources-memory'));
});

test('GPU slots: whole ones, several, parts; MIG slices; what is busy or not visible is left out', () => {
  const gpus = [gpu(0), gpu(1), gpu(2, { memoryUsed: 30e9 }), gpu(3)];
  const visible = (...args: Parameters<typeof plan>) => plan(...args).slots.map((slot) => slot.visible);
  assert.deepEqual(visible({ gpus }), [['GPU-0'], ['GPU-1'], ['GPU-3']]);
  assert.match(plan({ gpus }).notes.join(), /gpu:2 is left out: 27\.9 GiB of its memory are in use/);
  assert.deepEqual(visible({ gpus }, { gpus: 2 }), [['GPU-0', 'GPU-1']]);
  assert.deepEqual(visible({ gpus: gpus.slice(0, 2) }, { gpus: 0.5 }), [
    ['GPU-0'],
    ['GPU-1'],
    ['GPU-0'],
    ['GPU-1'],
  ]);
  // Named, and so taken however busy it is.
  assert.deepEqual(visible({ gpus, visible: '2,3' }), [['GPU-2'], ['GPU-3']]);
  assert.deepEqual(visible({ gpus }, { device: 'gpu:2' }), [['GPU-2']]);
  assert.deepEqual(visible({ gpus: [gpu(0, { mig: [{ uuid: 'MIG-a', profile: '1g.10gb' }] }), gpu(1)] }), [
    ['MIG-a'],
    ['GPU-1'],
  ]);
  // Hidden from trials of the CPU.
  assert.deepEqual(visible({ gpus }, { device: 'cpu' }, { trials: 1 }), [[]]);
  assert.deepEqual(visible({ gpus }, { gpus: 0 }, { trials: 1 }), [[]]);
  assert.throws(() => plan({ gpus }, { device: 'gpu:7' }), code('no-gpu'));
  assert.throws(() => plan({ gpus }, { gpus: 4 }), code('no-gpu'));
  assert.throws(() => plan({ gpus: [] }, { gpus: 2 }), code('no-gpu'));
  assert.ok(plan({ gpus: [] }, { gpus: 2, device: 'cpu' }).slots.length > 0);
  assert.throws(() => plan({ gpus }, { gpus: 1.5 }), code('resources-gpus'));
  assert.throws(() => plan({ gpus: [gpus[2]!] }), code('no-gpu'));
});

test('trials are packed on GPUs by the memory that was measured, where that is asked for', () => {
  const gpus = [gpu(0), gpu(1, { memoryTotal: 40e9 })];
  const packed = (resources: object, gpuMemory?: number) => {
    const { slots, notes } = plan({ gpus, cores: 64 }, resources, { measured: { gpuMemory } as object });
    return [slots.length, slots.filter(({ shared }) => shared).length, notes.length];
  };
  assert.deepEqual(packed({ pack: true }, 9e9), [8, 8, 1]);
  assert.deepEqual(packed({}, 9e9), [2, 0, 0]);
  assert.deepEqual(packed({ pack: true }), [2, 0, 0]);
  assert.deepEqual(packed({ pack: true }, 30e9), [2, 0, 0]);
  assert.deepEqual(packed({ pack: true, gpus: 2 }, 1e9), [1, 0, 0]);
  // However little it is: so many share one at most.
  assert.deepEqual(packed({ pack: true }, 1), [32, 32, 1]);
});

test('trials on the CPU are fewer where one was measured to need much', () => {
  const slots = (memory: number) => plan({ memory: 16e9 }, {}, { measured: { memory } }).slots.length;
  assert.deepEqual([slots(1e6), slots(3.6e9), slots(40e9)], [8, 4, 1]);
});
