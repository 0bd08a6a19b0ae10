import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineNamed } from '../../src/orchestrator/cluster/open.ts';
import { quote } from '../../src/orchestrator/cluster/script.ts';
import { sbatchArguments } from '../../src/orchestrator/cluster/slurm/arguments.ts';
import { SlurmEngine } from '../../src/orchestrator/cluster/slurm/engine.ts';
import { secondsOf } from '../../src/orchestrator/cluster/slurm/queue-again.ts';
import { phaseOf } from '../../src/orchestrator/cluster/slurm/states.ts';
import { slurmOptions as options, resources, clusterScene as scene } from '../support/cluster.ts';

test('arguments of sbatch: throttle, kinds of resources, what the user adds', () => {
  const submission = { key: 'fc-a', jobs: 10, kind: 1, script: '', out: '/r%un/{job}.out' };
  const given = {
    ...options,
    partition: 'gpu',
    time: '04:00:00',
    constraint: 'a100|h100',
    arguments: ['--exclusive'],
  };
  const args = sbatchArguments(
    {
      options: { ...given, gres: ['gpu:a100:1', 'gpu:h100:1'] },
      resources: { device: 'auto', gpus: 1, cpus: 4, memory: '8GB' } as never,
      ...{ gpus: false, throttle: 3 },
    },
    submission,
  );
  for (const wanted of [
    ...['--array=0-9%3', '--gres=gpu:h100:1', '--constraint=a100|h100', '--partition=gpu', '--mem=7630M'],
    ...['--cpus-per-task=4', '--output=/r%%un/%a.out', '--signal=B:TERM@90', '--requeue', '--exclusive'],
  ])
    assert.ok(args.includes(wanted), `${wanted} in ${args.join(' ')}`);
  assert.equal(quote("a'b c"), `'a'\\''b c'`);
});

test('states of Slurm', () => {
  assert.equal(phaseOf('PENDING'), 'waiting');
  assert.equal(phaseOf('REQUEUE_HOLD'), 'waiting');
  assert.equal(phaseOf('COMPLETING'), 'running');
  assert.equal(phaseOf('CANCELLED by 1000'), 'ended');
  assert.equal(phaseOf('OUT_OF_MEMORY'), 'ended');
  assert.deepEqual(['1-02:03:04', '02:03:04', '03:04', '0:30', 'UNLIMITED', 'INVALID'].map(secondsOf), [
    93784,
    7384,
    184,
    30,
    undefined,
    undefined,
  ]);
});

test('without Slurm, or with a partition that is none, nothing is launched', async (t) => {
  const { fake, fault } = await scene(t);
  const engine = () => new SlurmEngine({ options, resources, gpus: false, throttle: 0 });
  assert.deepEqual(await engine().check(), []);
  fault('refuse');
  await assert.rejects(engine().check(), { code: 'slurm-refused', exitCode: 2 });
  writeFileSync(join(fake, 'down'), '');
  const [note] = await engine().check();
  assert.match(note!, /Unable to contact slurm controller/);
  process.env.PATH = join(fake, 'none');
  await assert.rejects(engine().check(), { code: 'slurm-missing', exitCode: 2 });
  assert.equal(await engineNamed('none'), undefined);
});
