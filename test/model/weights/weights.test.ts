import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type BackboneName, backbones } from '../../../src/model/backbones/index.ts';
import { openLearner, type Parameter, Parameters, parametersOf } from '../../../src/model/index.ts';
import { fitWeights } from '../../../src/model/weights/fit.ts';
import { fromTorch, toTorch } from '../../../src/model/weights/layout.ts';
import { resampledPlaces } from '../../../src/model/weights/places.ts';
import { hashWeights, readWeights } from '../../../src/model/weights/read.ts';
import type { WeightsFile } from '../../../src/model/weights/tensor.ts';
import { timmNames } from '../../../src/model/weights/timm.ts';
import { resolveConfig } from '../../../src/spec/index.ts';
import { uniform } from '../../support/formula.ts';
import { temporaryFolder } from '../../support/program.ts';
import { drawnWeights } from '../support/fixture.ts';

const folder = fileURLToPath(new URL('../../fixtures/weights/', import.meta.url));
const file = (name: string) => join(folder, name);

const parametersFor = (backbone: BackboneName, imageSize = 48): Parameter[] => {
  const parameters = new Parameters(1, imageSize);
  backbones[backbone](parameters);
  return parameters.all;
};

const fit = (weights: WeightsFile, backbone: BackboneName, more: object = {}) =>
  fitWeights(weights, {
    file: 'w.pth',
    backbone,
    imageSize: 48,
    parameters: parametersFor(backbone),
    ...more,
  });

/** A state dict with values by formula, as torch lays them out. */
const stateOf = (backbone: BackboneName, nameOf: (name: string) => string = (name) => name): WeightsFile => ({
  tensors: new Map(
    parametersFor(backbone).map(({ name, shape, torch }) => [
      nameOf(name),
      { shape: [...torch.shape], data: toTorch(drawnWeights(name, shape), shape, torch) },
    ]),
  ),
  metadata: {},
});

describe('files that torch and safetensors wrote', () => {
  const precisions = { 'tiny.pth': 0, 'tiny-legacy.pth': 2 ** -11, 'tiny.safetensors': 2 ** -8 };
  for (const [name, precision] of Object.entries(precisions))
    it(`${name} is read and matched`, async () => {
      const { values, notes } = fit(await readWeights(file(name)), 'tiny');
      for (const { name: parameter, shape } of parametersFor('tiny')) {
        const expected = drawnWeights(parameter, shape);
        const found = values.get(parameter)!;
        for (let i = 0; i < expected.length; i++)
          assert.ok(
            Math.abs(found[i]! - expected[i]!) <= precision * Math.abs(expected[i]!) + 1e-7,
            `${parameter}[${i}]`,
          );
      }
      assert.match(notes[0]!, /^15 tensors of tiny/);
      if (name === 'tiny.pth') assert.match(notes[1]!, /left out: state_dict\.module\.fc\.weight/);
    });

  it('start a network, whose images they then see in their own way', async () => {
    const config = resolveConfig({
      data: { image_size: 16 },
      model: { backbone: 'tiny', weights: file('tiny.pth') },
      resources: { backend: 'cpu' },
    });
    const learner = await openLearner(config, { identities: 3, seed: 1 });
    try {
      const state = await learner.state();
      const { data, shape } = state.get('model/layer2.0.weight')!;
      assert.deepEqual(data, drawnWeights('layer2.0.weight', shape));
      assert.deepEqual(learner.preprocess!.mean, [0.485, 0.456, 0.406]);
    } finally {
      learner.dispose();
    }
  });

  it('a hash tells them apart', async () => {
    assert.match(await hashWeights(file('tiny.pth')), /^[0-9a-f]{64}$/);
    assert.notEqual(await hashWeights(file('tiny.pth')), await hashWeights(file('tiny-legacy.pth')));
  });
});

describe('bad weights', () => {
  it('a pickle that would run code is refused, and what it would run is named', async () => {
    await assert.rejects(readWeights(file('runs-code.pth')), (error: Error & { found?: string }) => {
      assert.equal((error as { code?: string }).code, 'weights-pickle');
      assert.match(error.found!, /^(posix|nt)\.system$/);
      return true;
    });
  });

  it('half a file, an empty one, another kind of file and none at all', async (t) => {
    const place = await temporaryFolder(t);
    const put = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(place, name), bytes);
      return join(place, name);
    };
    for (const name of ['tiny.pth', 'tiny-legacy.pth', 'tiny.safetensors']) {
      const bytes = readFileSync(file(name));
      for (const part of [0.3, 0.9])
        await assert.rejects(readWeights(put(name, bytes.subarray(0, bytes.length * part))), {
          code: 'weights-damaged',
        });
    }
    await assert.rejects(readWeights(put('empty.pth', new Uint8Array())), { code: 'weights-damaged' });
    await assert.rejects(readWeights(put('text.pth', Buffer.from('hello'))), { code: 'weights-damaged' });
    await assert.rejects(readWeights(join(place, 'none.pth')), { code: 'weights-missing', exitCode: 2 });
    await assert.rejects(readWeights(place), { code: 'weights-missing' });
  });

  it('a header that overlaps, leaves holes or holds no metadata where it should', async (t) => {
    const place = await temporaryFolder(t);
    const entry = (begin: number, end: number) => ({
      dtype: 'F32',
      shape: [(end - begin) / 4],
      data_offsets: [begin, end],
    });
    for (const [header, why] of [
      [{ __metadata__: null, a: entry(0, 8) }, /metadata/],
      [{ a: entry(0, 8), b: entry(0, 8) }, /overlaps/],
      [{ a: entry(4, 8) }, /hole/],
      [{ a: { ...entry(0, 8), shape: [-2] } }, /entry for a/],
      [{ a: { ...entry(0, 8), shape: [1e18, 1e18] } }, /entry for a/],
    ] as const) {
      const text = Buffer.from(JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      const path = join(place, 'bad.safetensors');
      writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(8)]));
      await assert.rejects(readWeights(path), { code: 'weights-damaged', message: why });
    }
  });

  it('of another architecture: what is missing or of another shape is named, and whose they are', () => {
    const remedy = (backbone: BackboneName, of: BackboneName) => {
      try {
        fit(stateOf(of), backbone);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'weights-mismatch');
        return (error as { remedy: string }).remedy;
      }
      return assert.fail(`${of} fits ${backbone}`);
    };
    assert.match(remedy('resnet18', 'resnet34'), /look like resnet34's/);
    assert.match(remedy('resnet34', 'resnet18'), /look like resnet18's/);
    assert.match(remedy('resnet18', 'resnet50'), /look like resnet50's/);
    assert.match(remedy('mobilenet_v2', 'efficientnet_b0'), /look like efficientnet_b0's/);
    const facenet = {
      tensors: new Map([['conv2d_1a.conv.weight', { shape: [1], data: new Float32Array(1) }]]),
      metadata: {},
    };
    assert.throws(() => fit(facenet, 'resnet18'), /w\.pth/);
  });
});

describe('names', () => {
  interface Names {
    names: Record<string, [ours: string, timm: string][]>;
    places: { from: number; to: number; values: number[] }[];
  }
  const { names, places }: Names = JSON.parse(readFileSync(file('timm.json'), 'utf8'));

  for (const backbone of Object.keys(names) as BackboneName[])
    it(`timm's of ${backbone}`, () => {
      const own = new Set(parametersFor(backbone).map(({ name }) => name));
      const pairs = names[backbone]!.filter(([ours]) => own.has(ours));
      assert.equal(pairs.length, own.size);
      for (const [ours, timm] of pairs) assert.equal(timmNames[backbone]!(ours), timm);
      const { values, notes } = fit(
        stateOf(backbone, (name) => `model.${timmNames[backbone]!(name)}`),
        backbone,
      );
      assert.equal(values.size, own.size);
      assert.match(notes[0]!, /names of timm/);
    });

  it('position embeddings of another size are interpolated as timm does', () => {
    for (const { from, to, values } of places) {
      const data = uniform(`places/${from}`, [1, 1 + from * from, 4], -1, 1);
      const found = resampledPlaces(data, 4, from, to);
      for (const [i, value] of values.entries()) assert.ok(Math.abs(found[i]! - value) < 1e-5, `${i}`);
    }
  });

  it('an identity head of the same identities is taken, of others its classifier is drawn', () => {
    const config = resolveConfig({ data: { image_size: 48 }, model: { backbone: 'tiny' } });
    const parameters = parametersOf(config, 2);
    const weights: WeightsFile = {
      tensors: new Map(
        parameters.map(({ name, shape }) => [
          `model/${name}`,
          { shape: [...shape], data: drawnWeights(name, shape) },
        ]),
      ),
      metadata: { format: 'facecom', identities: '["a","b"]', preprocess: '{"mean":[0,0,0],"std":[1,1,1]}' },
    };
    const taken = fit(weights, 'tiny', { parameters, identities: ['a', 'b'] });
    assert.equal(taken.values.size, parameters.length);
    assert.deepEqual(taken.preprocess, { mean: [0, 0, 0], std: [1, 1, 1] });
    const other = fit(weights, 'tiny', { parameters, identities: ['a', 'c'] });
    assert.ok(other.values.has('identity_head.0.weight') && !other.values.has('identity_head.3.weight'));
    assert.match(other.notes.join('\n'), /belong to other identities/);
  });

  it('BGR weights take RGB: their first filter is turned', () => {
    const [first] = parametersFor('tiny');
    const plain = fit(stateOf('tiny'), 'tiny').values.get(first!.name)!;
    const turned = fit(stateOf('tiny'), 'tiny', { colour: 'BGR' }).values.get(first!.name)!;
    const at = (values: Float32Array, channel: number) => values[(0 * 3 + channel) * 16 + 5];
    assert.equal(at(turned, 0), at(plain, 2));
    assert.equal(at(turned, 1), at(plain, 1));
  });

  it('torch’s layout and ours are each other’s way back', () => {
    for (const { name, shape, torch } of parametersFor('mobilenet_v2').slice(0, 12)) {
      const values = drawnWeights(name, shape);
      assert.deepEqual(fromTorch(toTorch(values, shape, torch), shape, torch), values);
    }
  });
});
