import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import {
  type Event,
  earlierRuns,
  eventsFile,
  followEvents,
  originText,
  readConfigPart,
  readEvents,
  readManifest,
  readRun,
  readState,
  runStatus,
  scanRuns,
  takeStopRequest,
} from '../../src/record/index.ts';
import { runPage } from '../../src/report/page/run-page.ts';
import { readSweep } from '../../src/report/trials/read-sweep.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { temporaryFolder } from '../support/program.ts';

async function place(t: TestContext): Promise<{ runs: string; sweep: string; dir: string }> {
  const runs = await temporaryFolder(t);
  const sweep = join(runs, 'exp');
  const dir = join(sweep, 'abc-1');
  mkdirSync(join(dir, 'artifacts'), { recursive: true });
  writeFileSync(join(dir, 'config.json'), '{}');
  return { runs, sweep, dir };
}

/** The events of some lines. */
async function eventsOf(t: TestContext, ...lines: (string | object)[]): Promise<Event[]> {
  const { dir } = await place(t);
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  writeFileSync(eventsFile(dir), text.join(''));
  return readEvents(dir);
}

const warningsOf = (events: Event[]) =>
  events.flatMap((event) => (event.type === 'warning' ? [`${event.code}: ${event.message}`] : []));
const metricsOf = (events: Event[]) =>
  events.flatMap((event) => (event.type === 'metric' ? [event.values] : []));

test('numbers as Python writes them are read; what is no number is left out and reported with its line and name', async (t) => {
  const events = await eventsOf(
    t,
    '{"type":"metric","time":1e12,"step":1,"values":{"a":NaN,"b":-Infinity,"c":"Infinity","d":1e400}}',
    { type: 'metric', time: 1e12, step: 2, values: { a: '0.5', b: true, c: null, d: [1], e: {}, f: 0.5 } },
    { type: 'metric', time: 1e12, step: 3, values: { a: 'high' } },
    { type: 'finished', time: 1e12, metrics: { a: null, b: 1 } },
  );
  assert.deepEqual(metricsOf(events), [
    { a: Number.NaN, b: -Infinity, c: Infinity, d: Infinity },
    { f: 0.5 },
    {},
  ]);
  assert.deepEqual(warningsOf(events), [
    'record-value: events.jsonl, line 2 gives a as the text "0.5": it is left out',
    'record-value: events.jsonl, line 2 gives b as true: it is left out',
    'record-value: events.jsonl, line 2 gives c as null: it is left out',
    'record-value: events.jsonl, line 2 gives d as a list: it is left out',
    'record-value: events.jsonl, line 2 gives e as a map: it is left out',
    'record-value: events.jsonl, line 4 gives metrics a as null: it is left out',
    'record-line: events.jsonl: 1 more problem like these',
  ]);
});

test('lines that hold no event are reported at their line, the others are read', async (t) => {
  const good = { type: 'progress', time: 1e12, done: 1, total: 2 };
  const events = await eventsOf(
    t,
    'Epoch 1 of 3',
    good,
    '{"type": "metric",',
    { type: 'metric', time: 1e12, values: {} },
    { type: 'constructor', time: 1e12 },
    { type: '__proto__', time: 1e12 },
    { type: 'metrics', time: 1e12 },
    { type: 'artifact', time: 1e12, path: 3, kind: 'chart' },
    '',
    good,
  );
  assert.equal(events.filter(({ type }) => type === 'progress').length, 2);
  assert.deepEqual(
    warningsOf(events).map((text) => text.replace(/^record-line: events.jsonl(, |: )/, '')),
    [
      'line 1 is no JSON object: "Epoch 1 of 3"',
      'line 4 is of type metric, but has no step',
      'line 5 has the type "constructor", which is none of an event',
      'line 6 has the type "__proto__", which is none of an event',
      'line 7 has the type "metrics", which is none of an event',
      'line 8 is of type artifact, but its path is 3',
      '1 more problem like these',
    ],
  );
});

test('times in seconds are noticed and read so; what is no time is reported', async (t) => {
  const events = await eventsOf(
    t,
    { type: 'stopped', time: 1795601190.5 },
    { type: 'stopped', time: 1e300 },
    { type: 'stopped', time: 'now' },
    { type: 'stopped', time: 1795601190500 },
    { type: 'stopped' },
  );
  assert.deepEqual(
    events.flatMap((event) => (event.type === 'stopped' ? [event.time] : [])),
    [1795601190500, 0, 0, 1795601190500, 0],
  );
  assert.deepEqual(warningsOf(events), [
    'record-time: events.jsonl, line 1 gives its time in seconds (1795601190.5): it is read so, and should be in milliseconds',
    'record-time: events.jsonl, line 2 gives 1e+300 as its time, which is none in milliseconds since 1970',
    'record-line: events.jsonl: 1 more problem like these',
  ]);
});

test('names and messages can be shown in a terminal, an SVG and a page, and no two names become one', async (t) => {
  const long = 'k'.repeat(300);
  const events = await eventsOf(
    t,
    {
      type: 'metric',
      time: 1e12,
      step: 1,
      values: { 'a\u001b[2J': 1, 'a\u0000': 2, 'a\u202eb': 3, [`${long}1`]: 4, [`${long}2`]: 5 },
    },
    { type: 'failed', time: 1e12, code: 'c\u0007', message: `\u001b[31mred\u001b[0m\n${'x'.repeat(5000)}` },
  );
  const names = Object.keys(metricsOf(events)[0]!);
  assert.deepEqual(names.slice(0, 3), ['a\\u001b[2J', 'a\\u0000', 'a\\u202eb']);
  assert.equal(new Set(names).size, 5);
  assert.ok(names.every((name) => name.length <= 250));
  const failed = events.at(-1);
  assert.ok(failed?.type === 'failed');
  assert.equal(failed.code, 'c\\u0007');
  assert.match(failed.message, /^red\nx+… \(\d+ characters\)$/);
  assert.ok(failed.message.length < 2100);
});

test('a line of 40 MB is skipped to its end, by readers and by followers', async (t) => {
  const { dir, sweep } = await place(t);
  const line = (value: number) =>
    `${JSON.stringify({ type: 'metric', time: 1e12, step: value, values: { 'val/combined': value } })}\n`;
  writeFileSync(eventsFile(dir), line(1));
  for (let i = 0; i < 40; i++) appendFileSync(eventsFile(dir), Buffer.alloc(1 << 20, 'x'));
  appendFileSync(eventsFile(dir), `\n${line(2)}`);
  const expected = [1, 2];
  const values = (events: Event[]) => metricsOf(events).map((of) => of['val/combined']);
  assert.deepEqual(values(readEvents(dir)), expected);
  const stop = AbortSignal.abort();
  const followed: Event[] = [];
  for await (const event of followEvents(dir, { signal: stop })) followed.push(event);
  assert.deepEqual(values(followed), expected);
  assert.deepEqual(warningsOf(followed), ['record-line: events.jsonl, line 2 is longer than 16 MB']);
  assert.equal([...scanRuns(sweep, { objective: { metric: 'val/combined', mode: 'max' } })][0]!.best, 2);
});

test('very many bad lines are ten warnings and a count', async (t) => {
  const { dir } = await place(t);
  const types = Array.from({ length: 100 }, (_, i) => `{"type":"t${i}","time":1}\n`).join('');
  writeFileSync(eventsFile(dir), types.repeat(100) + 'no\n'.repeat(90_000));
  const warnings = warningsOf(readEvents(dir));
  assert.equal(warnings.length, 11);
  assert.match(warnings.at(-1)!, /99990 more problems like these$/);
});

/** Names and values that have broken readers. */
const names = fc.oneof(
  fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty', 'val/combined', 'a\u0000'),
  fc.string(),
);
const values = fc.oneof(
  { maxDepth: 3 },
  fc.jsonValue(),
  fc.double(),
  fc.constantFrom('NaN', 'Infinity', 1e308, -1e308, 1e-320, 2 ** 53, -1, null, '', []),
);
const deep = fc.nat(3000).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`);

const map = (keys: readonly string[]) =>
  fc.dictionary(
    fc.oneof(fc.constantFrom(...keys), names),
    fc.oneof(values, fc.dictionary(names, values), fc.array(fc.dictionary(names, values), { maxLength: 3 })),
  );

/** A line of JSON, broken JSON or none at all. */
const line = (keys: readonly string[], types: readonly string[], key: string) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(map(keys), fc.constantFrom(...types))
        .map(([rest, type]) => JSON.stringify({ ...rest, [key]: type })),
    },
    { weight: 1, arbitrary: map(keys).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: deep.map((text) => `{"type":"metric","step":1,"values":{"a":${text}}}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(map(keys), fc.nat()).map(([value, at]) => JSON.stringify(value).slice(0, at)),
    },
  );

const eventTypes = [
  'metric',
  'progress',
  'finished',
  'failed',
  'stopped',
  'checkpoint',
  'artifact',
  'warning',
  'constructor',
];
const eventKeys = [
  'time',
  'step',
  'epoch',
  'epochs',
  'values',
  'metrics',
  'path',
  'kind',
  'done',
  'total',
  'unit',
  'stage',
  'code',
  'class',
  'message',
  'score',
  'loss',
  'best',
  'reason',
];
const states = ['queued', 'started', 'stopped', 'failed', 'finished', 'retried', 'toString'];
const stateKeys = [
  'time',
  'attempt',
  'pid',
  'host',
  'process',
  'orchestrator',
  'launcher',
  'devices',
  'idle',
  'class',
  'code',
  'message',
  'exit_code',
  'signal',
  'seconds',
  'delay',
];
const configKeys = [
  'name',
  'description',
  'tags',
  'seed',
  'data',
  'model',
  'train',
  'resources',
  'trainer',
  'tracking',
  'optimizer',
];
const manifestKeys = ['version', 'sweep', 'spec', 'set', 'cwd', 'time', 'objective', 'repeats', 'trials'];
const environmentKeys = ['cwd', 'git', 'gpus', 'cpu', 'tensorflow', 'seed', 'data_hash', 'memory_bytes'];

const file = (keys: readonly string[]) =>
  fc.oneof(
    map(keys).map((value) => JSON.stringify(value)),
    deep,
    fc.string(),
  );

test('whatever the files of a run hold, every reader of them comes to an end', async (t) => {
  const { runs, sweep, dir } = await place(t);
  const objective = { metric: 'constructor', mode: 'max' as const };
  const trial = { id: 'abc', config: resolveConfig({ name: 'exp' }) };
  const record = fc.record({
    'events.jsonl': fc
      .array(line(eventKeys, eventTypes, 'type'), { maxLength: 12 })
      .map((lines) => lines.join('\n')),
    'state.jsonl': fc
      .array(line(stateKeys, states, 'state'), { maxLength: 8 })
      .map((lines) => lines.join('\n')),
    'config.json': file(configKeys),
    'origins.json': file(['name', 'seed']),
    'environment.json': file(environmentKeys),
    'stop.json': file(['time', 'kill']),
    '../sweep.json': fc.oneof(
      file(manifestKeys),
      map(['id', 'axes', 'seed', 'point', 'repeat']).map((trial) =>
        JSON.stringify({
          version: 1,
          sweep: 's',
          spec: 's',
          set: [],
          cwd: '/',
          time: 1,
          objective,
          repeats: 1,
          trials: [trial, { id: 'abc', axes: {}, seed: 1, point: 0, repeat: 0 }],
        }),
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(record, async (files) => {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
      for (const event of readEvents(dir)) {
        assert.ok(eventTypes.slice(0, -1).includes(event.type));
        assert.ok(event.time >= 0 && event.time <= 8.64e15);
        for (const map of [
          event.type === 'metric' ? event.values : {},
          event.type === 'finished' ? event.metrics : {},
        ])
          for (const value of Object.values(map)) assert.equal(typeof value, 'number');
      }
      for (const { state, time } of readState(dir)) {
        assert.ok(states.slice(0, -1).includes(state));
        assert.equal(typeof time, 'number');
      }
      const run = readRun(dir);
      await runPage(run, {}, { link: (path) => `./${path}` });
      for (const origin of Object.values(run.origins)) assert.equal(typeof originText(origin), 'string');
      assert.equal(typeof readConfigPart(dir), 'object');
      runStatus(dir);
      const [summary] = scanRuns(sweep, { objective });
      for (const value of Object.values(summary?.metrics ?? {})) assert.equal(typeof value, 'number');
      assert.ok(summary?.best === undefined || typeof summary.best === 'number');
      JSON.stringify(summary);
      readManifest(sweep);
      readSweep(sweep);
      earlierRuns(runs, 'exp', [trial]);
      takeStopRequest(dir);
    }),
    { numRuns: 60 },
  );
});
