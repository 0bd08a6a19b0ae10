import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { resolveConfig } from '../../src/spec/index.ts';
import { trialId } from '../../src/sweep/index.ts';
import { read } from '../support/specs.ts';

const idOf = (partial: object, hash?: string) => trialId(resolveConfig(partial), hash);

it('gives the ids that it gave when they were fixed', () => {
  // These never change: trials that were run would not be recognised. See IDENTITY_VERSION.
  assert.deepEqual(
    [
      idOf({}),
      idOf({}, 'abc'),
      idOf({ seed: 7, train: { epochs: 3 }, loss: { alpha: 0.1, beta: 0.9 } }),
      idOf({ optimizer: { name: 'sgd', lr: 1e-3, momentum: 0 }, schedule: { name: 'cosine', warmup: 2 } }),
      idOf({
        augment: { policy: [{ effect: 'fog', p: 0.5 }, { effect: 'rain' }] },
        model: { backbone: 'resnet50' },
      }),
      idOf({ data: { source: 'facecom', path: 'data/facecom', split: { by: 'identity' } } }),
      idOf({ data: { source: 'facecom', path: 'data/facecom' } }, 'abc'),
      idOf({ trainer: { command: ['python3', 'train.py'] } }),
    ],
    [
      '2b44c6307d6e',
      '6bc8adfcb99e',
      '5b61cd1d64d2',
      '9f0f49ffde8b',
      '4b109efd73b7',
      'cfde194a9b32',
      'ff00c324f685',
      '22061412431f',
    ],
  );
});

it('does not depend on what decides nothing', () => {
  const id = idOf({ train: { epochs: 3 } });
  for (const change of [
    { name: 'other' },
    { description: 'x', tags: { a: 'b' } },
    { tracking: { mlflow: 'off' } },
    { resources: { device: 'cpu', retry: { oom: 0 } } },
    { data: { cache: false } },
    { data: { path: 'unused' } },
    { seed: 42 },
    { optimizer: { name: 'adam', lr: 0.001 } },
  ])
    assert.equal(idOf({ train: { epochs: 3 }, ...change }), id, JSON.stringify(change));
});

it('depends on everything that decides a result', () => {
  const all = [
    {},
    { seed: 1 },
    { train: { epochs: 3 } },
    { loss: { alpha: 0.4 } },
    { optimizer: { name: 'sgd' } },
    { optimizer: { name: 'adamw' } },
    { data: { image_size: 32 } },
    { data: { shuffle_labels: true } },
    { data: { synthetic: { identities: 3 } } },
    { evaluate: { score: { gender: 0.5, identity: 0.5 } } },
    { augment: { policy: 'none' } },
    { augment: { policy: [] } },
    { trainer: { command: ['a'] } },
  ];
  assert.equal(new Set([...all.map((one) => idOf(one)), idOf({}, 'x'), idOf({}, 'y')]).size, all.length + 2);
});

it('is the same whatever the order of keys, comments and the form of numbers', async (t) => {
  const texts = [
    'name: a\ntrain: {epochs: 3, clip: 0.1}\nloss: {alpha: 1, beta: 0.5}\n',
    '# comment\nloss:\n  beta: 5e-1 # half\n  alpha: 1.0\ntrain: {clip: 1e-1, epochs: 3.0}\nname: b\n',
    'name: c\n"loss": &l {beta: .5, alpha: +1}\ntrain: {"clip": 0.10, epochs: 0x3}\n',
  ];
  const ids = await Promise.all(texts.map(async (text) => trialId((await read(t, text)).config)));
  assert.equal(new Set(ids).size, 1);
});

it('is the same for maps whose keys were put in another order', () => {
  const shuffled = (value: unknown, order: (keys: string[]) => string[]): unknown =>
    Array.isArray(value)
      ? value.map((item) => shuffled(item, order))
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            order(Object.keys(value)).map((key) => [
              key,
              shuffled((value as Record<string, unknown>)[key], order),
            ]),
          )
        : value;
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(1000),
        loss: fc.record({
          alpha: fc.double({ min: 0.01, max: 1, noNaN: true }),
          beta: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        train: fc.record({ epochs: fc.integer({ min: 6, max: 9 }), ema: fc.constantFrom(0, 0.5) }),
        augment: fc.constantFrom({ policy: 'none' }, { policy: [{ effect: 'fog', p: 1 }] }),
      }),
      (partial) => {
        const config = resolveConfig(partial);
        const turned = shuffled(config, (keys) => keys.reverse()) as typeof config;
        assert.equal(trialId(turned), trialId(config));
      },
    ),
    { numRuns: 100 },
  );
});
