import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { type Event, eventsFile, followEvents, openEvents, readEvents } from '../../src/record/index.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

const numbers = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const values = fc.dictionary(fc.stringMatching(/^[a-z]+\/[a-z_]+$/), numbers);

test('numbers survive the file, NaN and the infinities too, and the file keeps to the schema', async (t) => {
  const folder = await temporaryFolder(t);
  const schema = JSON.parse(await readFile(join(packageDir, 'schemas/record-event.schema.json'), 'utf8'));
  const valid = new Ajv2020({ discriminator: true, strict: false }).compile(schema);
  await fc.assert(
    fc.asyncProperty(values, values, numbers, async (metrics, finished, score) => {
      writeFileSync(eventsFile(folder), '');
      const events = openEvents(folder);
      events.metric({ step: 1, epoch: 0.5, values: metrics });
      events.progress({ done: 1, total: 2, unit: 'steps', loss: score, best: score });
      events.checkpoint({ path: 'checkpoints/best', score });
      events.artifact({ path: 'artifacts/x', kind: 'chart' });
      events.warning({ code: 'w', message: 'ü\n"' });
      events.finished({ metrics: finished });
      events.stopped({ reason: 'SIGTERM' });
      events.failed({ code: 'oom', class: 'oom', message: 'no memory' });
      events.close();
      const read = readEvents(folder);
      assert.deepEqual(
        read.map(({ type }) => type),
        ['metric', 'progress', 'checkpoint', 'artifact', 'warning', 'finished', 'stopped', 'failed'],
      );
      // -0 is 0 in JSON.
      const plain = (of: Record<string, number>) =>
        Object.fromEntries(Object.entries(of).map(([k, v]) => [k, v + 0]));
      assert.deepEqual((read[0] as Extract<Event, { type: 'metric' }>).values, plain(metrics));
      assert.deepEqual((read[5] as Extract<Event, { type: 'finished' }>).metrics, plain(finished));
      assert.deepEqual((read[2] as Extract<Event, { type: 'checkpoint' }>).score, score + 0);
      for (const line of (await readFile(eventsFile(folder), 'utf8')).trimEnd().split('\n')) {
        assert.doesNotMatch(line, /:NaN|:-?Infinity|:null/);
        assert.ok(valid(JSON.parse(line)), `${line}: ${JSON.stringify(valid.errors)}`);
      }
    }),
    { numRuns: 50 },
  );
});

test('any JSON in the file gives events of known types with what they must have, or none', async (t) => {
  const folder = await temporaryFolder(t);
  const types = fc.constantFrom(
    'metric',
    'progress',
    'finished',
    'failed',
    'checkpoint',
    'artifact',
    'warning',
    'other',
  );
  const keys = [
    'time',
    'step',
    'epoch',
    'values',
    'metrics',
    'path',
    'done',
    'total',
    'code',
    'message',
    'score',
  ];
  const bodies = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(types, bodies)), async (lines) => {
      writeFileSync(
        eventsFile(folder),
        lines.map(([type, body]) => `${JSON.stringify({ ...body, type })}\n`).join(''),
      );
      for (const event of readEvents(folder)) {
        assert.notEqual(event.type as string, 'other');
        assert.equal(typeof event.time, 'number');
        for (const map of [
          event.type === 'metric' ? event.values : {},
          event.type === 'finished' ? event.metrics : {},
        ])
          for (const value of Object.values(map)) assert.equal(typeof value, 'number');
        if (event.type === 'metric') assert.equal(typeof event.epoch, 'number');
      }
    }),
    { numRuns: 200 },
  );
});

test('a follower gives events of a given place in the file on, whatever their clock says', async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(eventsFile(folder), '{"type":"finished","time":9e12,"metrics":{"a":1}}\n');
  const stop = new AbortController();
  const seen: Event[] = [];
  const from = 50;
  const following = (async () => {
    for await (const event of followEvents(folder, { signal: stop.signal, from })) seen.push(event);
  })();
  appendFileSync(eventsFile(folder), '{"type":"finished","time":5,"metrics":{"a":"NaN"}}\n');
  stop.abort();
  await following;
  assert.deepEqual(seen, [{ type: 'finished', time: 5, metrics: { a: Number.NaN } }]);
});
