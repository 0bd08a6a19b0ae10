import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import {
  appendState,
  openEvents,
  openSystemLog,
  readEvents,
  readManifest,
  systemFile,
  writeManifest,
} from '../../../src/record/index.ts';
import { readSweep } from '../../../src/report/trials/read-sweep.ts';
import { deleteRemote, trackRun } from '../../../src/tracking/index.ts';
import { MlflowClient } from '../../../src/tracking/mlflow/client.ts';
import { connect } from '../../../src/tracking/mlflow/connection.ts';
import { cursorFile, readCursor } from '../../../src/tracking/mlflow/cursor.ts';
import { RemoteRun } from '../../../src/tracking/mlflow/remote-run.ts';
import { RunSync } from '../../../src/tracking/mlflow/run-sync.ts';
import { viewOfSweep, viewTag } from '../../../src/tracking/mlflow/views.ts';
import { type SyncRow, syncRuns } from '../../../src/tracking/sync.ts';
import { withoutSmallDisk } from '../../support/small-disk.ts';
import { writeRecord } from '../support/record.ts';
import { startTestServer, type TestServer, withoutMlflow } from '../support/server.ts';

interface ReadBack {
  status: string;
  name: string;
  params: Record<string, string>;
  tags: Record<string, string>;
  metrics: Record<string, [step: number, time: number, value: number | string][]>;
  artifacts: Record<string, string>;
  /** Steps of the models that it made. */
  models: number[];
  inputs: string[];
}

suite('a run in MLflow', { skip: withoutMlflow }, () => {
  let server: TestServer;
  let client: MlflowClient;
  let reader: { child: ChildProcess; lines: AsyncIterator<string> };
  before(async () => {
    server = await startTestServer({ disk: '64m' });
    client = new MlflowClient({ base: server.base, headers: {} });
    const script = join(import.meta.dirname, '../support/read_back.py');
    const child = spawn(server.python, [script, server.base], { stdio: ['pipe', 'pipe', 'ignore'] });
    reader = { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  after(async () => {
    reader?.child.kill('SIGKILL');
    await server?.stop();
  });

  const send = (runDirs: string[], more: object = {}) =>
    syncRuns({ runs: server.runs, runDirs, uri: server.base, ...more });
  const idOf = ({ url }: SyncRow) => new URL(url!).hash.split(/[/?]/).at(-2)!;
  const readBack = (id: string) => ask<ReadBack>(id);
  async function ask<T>(id: string): Promise<T> {
    reader.child.stdin!.write(`${id}\n`);
    const line = await reader.lines.next();
    assert.ok(!line.done, 'the Python client gave no answer');
    return JSON.parse(line.value);
  }

  test('is what the record says, read with the Python client', async () => {
    const many = Array.from({ length: 400 }, (_, i) => ({
      step: i,
      epoch: i / 100,
      values: { 'train/loss': 1 / (i + 1), 'train/lr': 1e-21, 'val/f1@5': i, 'val/f1%5': -i },
    }));
    const odd = {
      'loss (total)': 1,
      ü: 2,
      '../up': 3,
      '/lead': 4,
      'a//b': 5,
      'x\ny': 6,
      ['k'.repeat(300)]: 7,
    };
    const long = 'ä'.repeat(9000);
    const artifacts = {
      'chart.svg': '<svg/>',
      'deep/er/a b.txt': 'deep',
      'per%cent.txt': 'one',
      'per%20cent.txt': 'two',
      'ha#sh.txt': 'three',
      'record/config.json': 'not the config',
    };
    const runDir = writeRecord({
      runs: server.runs,
      config: {
        data: { source: 'synthetic' },
        resources: { device: 'cpu', retry: { oom: 2 } },
        loss: { alpha: 0.3, list: [1, 2], none: null, empty: {} },
        long,
      },
      metrics: [
        ...many,
        {
          step: 500,
          values: { nan: NaN, inf: Infinity, minus: -Infinity, tiny: 5e-324, big: 1.7e308, ...odd },
        },
      ],
      artifacts,
      end: 'finished',
    });
    const [row] = await send([runDir]);
    assert.equal(row?.status, 'sent', row?.reason);
    const back = await readBack(idOf(row));
    assert.equal(back.status, 'FINISHED');
    assert.deepEqual(
      back.metrics['train/loss'],
      readEvents(runDir).flatMap((event) =>
        event.type === 'metric' && 'train/loss' in event.values
          ? [[event.step, event.time, event.values['train/loss']]]
          : [],
      ),
    );
    const values = (key: string) => back.metrics[key]?.map(([, , value]) => value);
    assert.deepEqual(values('nan'), ['nan']);
    // The SQL store keeps infinities as the largest doubles.
    assert.deepEqual(values('inf'), [Number.MAX_VALUE]);
    assert.deepEqual(values('minus'), [-Number.MAX_VALUE]);
    assert.deepEqual(values('tiny'), [5e-324]);
    assert.deepEqual(values('big'), [1.7e308]);
    assert.deepEqual(values('val_best/combined'), [0.5]);
    const f1 = Object.keys(back.metrics).filter((key) => key.startsWith('val/f1'));
    assert.equal(f1.length, 2, 'two odd names stay two');
    for (const key of f1) assert.equal(back.metrics[key]!.length, 400);
    const found = Object.values(back.metrics).flatMap((points) =>
      points.filter(([step]) => step === 500).map(([, , value]) => value),
    );
    for (const value of Object.values(odd))
      assert.ok(found.includes(value), `the metric of value ${value} is there`);
    assert.deepEqual(
      [
        back.params['loss.alpha'],
        back.params['loss.list'],
        back.params['loss.none'],
        back.params['loss.empty'],
        back.params['resources.retry.oom'],
      ],
      ['0.3', '[1,2]', 'null', undefined, undefined],
    );
    assert.ok(back.params.long!.length <= 6000 && back.params.long!.includes('record/config.json'));
    assert.equal(JSON.parse(back.artifacts['record/config.json']!).long, long);
    assert.equal(back.tags.team, 'blue');
    assert.equal(back.tags['mlflow.note.content']?.split('\n')[0], 'A test.');
    assert.deepEqual(back.inputs, ['f'.repeat(36)]);
    for (const content of Object.values(artifacts))
      assert.ok(Object.values(back.artifacts).includes(content), `${content} is there`);
  });

  test('is not doubled by sending again, with or without the cursor', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'again',
      metrics: [
        { step: 1, values: { loss: 2 } },
        { step: 2, values: { loss: NaN } },
      ],
      end: 'failed',
    });
    const [first] = await send([runDir]);
    assert.equal((await send([runDir]))[0]?.status, 'up-to-date');
    rmSync(cursorFile(runDir));
    const [second] = await send([runDir]);
    assert.equal(second?.url, first?.url);
    const back = await readBack(idOf(second!));
    assert.equal(back.metrics.loss?.length, 2);
    assert.equal(back.status, 'FAILED');
    assert.equal(back.tags['facecom.failure'], 'code: It broke.');
  });

  test('continues after a kill in the middle, and takes what came later', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'middle',
      metrics: [{ step: 1, values: { a: 1 } }],
    });
    const [first] = await send([runDir]);
    // The points were sent, and the process was killed before it wrote down so.
    const cursor = JSON.parse(readFileSync(cursorFile(runDir), 'utf8'));
    for (const sent of Object.values<{ events: number }>(cursor.sent)) sent.events = 0;
    writeFileSync(cursorFile(runDir), JSON.stringify(cursor));
    const events = openEvents(runDir);
    events.metric({ step: 2, epoch: 0, values: { a: 2 } });
    events.close();
    appendFileSync(join(runDir, 'events.jsonl'), '{"type":"metric","step":3,"val');
    const [row] = await send([runDir]);
    assert.equal(row?.url, first?.url);
    assert.deepEqual(
      (await readBack(idOf(row!))).metrics.a?.map(([, , value]) => value),
      [1, 2],
    );
  });

  test('sends a changed param as a tag, and a changed artifact again', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'change',
      artifacts: { 'a.txt': 'old' },
      end: 'killed',
    });
    await send([runDir]);
    writeFileSync(join(runDir, 'artifacts', 'a.txt'), 'newer');
    const file = join(runDir, 'config.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), seed: 8 }));
    const [row] = await send([runDir]);
    const back = await readBack(idOf(row!));
    assert.deepEqual([back.params.seed, back.tags['facecom.changed.seed']], ['7', '8']);
    assert.equal(back.artifacts['a.txt'], 'newer');
    assert.equal(back.status, 'KILLED');
  });

  test('that was deleted there is left alone until it is restored', async () => {
    const runDir = writeRecord({ runs: server.runs, trial: 'deleted', end: 'finished' });
    const [row] = await send([runDir]);
    const answer = await fetch(`${server.base}api/2.0/mlflow/runs/delete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ run_id: idOf(row!) }),
    });
    assert.equal(answer.status, 200);
    const [gone] = await send([runDir], { check: true });
    assert.deepEqual([gone?.status, gone?.code], ['deleted', 'mlflow-run-deleted']);
    assert.equal((await send([runDir], { restore: true }))[0]?.url, row?.url);
  });

  test('of a sweep is nested in the run of the sweep', async () => {
    const objective = { metric: 'val/combined', mode: 'max' } as const;
    const ends = { one: 'finished', two: 'finished', three: 'pruned' } as const;
    const dirs = Object.entries(ends).map(([trial, end]) =>
      writeRecord({ runs: server.runs, name: 'search', trial, end }),
    );
    writeFileSync(join(server.runs, 'search', 'lock.json'), '{"pid":1}');
    writeManifest(join(server.runs, 'search'), {
      version: 1,
      sweep: 'search',
      spec: '/specs/search.yaml',
      set: [],
      cwd: '/specs',
      time: Date.now(),
      objective,
      repeats: 1,
      planned: 5,
      trials: Object.keys(ends).map((id, point) => ({
        id,
        axes: { 'loss.alpha': point / 4 },
        seed: 1,
        point,
        repeat: 0,
      })),
    });
    const rows = await send(dirs);
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['sent', 'sent', 'sent', 'sent'],
      JSON.stringify(rows),
    );
    const parent = await readBack(idOf(rows[3]!));
    const child = await readBack(idOf(rows[1]!));
    assert.equal(child.tags['mlflow.parentRunId'], idOf(rows[3]!));
    assert.equal(child.name, 'alpha=0.25 · seed 1');
    assert.equal(child.tags['facecom.run'], 'search/two-1');
    // What a stopping rule ended is no sign of a sweep that was killed.
    assert.equal(parent.status, 'FINISHED');
    assert.equal(parent.params['sweep.axes.loss.alpha'], '[0, 0.25, 0.5]');
    assert.equal(parent.metrics['best/val/combined']?.length, 2);
    assert.match(
      parent.tags['mlflow.note.content']!,
      /\*\*Best: alpha=0\*\*, val\/combined 0\.5000.*2 of 5 trials finished, 1 stopped early./,
    );
    assert.match(parent.tags['mlflow.note.content']!, /, spec `search\.yaml`\.$/);
    assert.deepEqual(parent.artifacts['points.csv']!.split('\n').slice(0, 2), [
      'loss.alpha,finished,failed,val/combined,val/combined ±,val/combined best seed',
      '0,1,0,0.5,,0.5',
    ]);
    assert.deepEqual(Object.keys(parent.artifacts).sort(), [
      'points.csv',
      'record/config.json',
      'record/spec.yaml',
      'sweep.json',
    ]);
    assert.ok(parent.artifacts['sweep.json']);
    // Another sweep has the same trials: they stay where they are, and its view finds them.
    const again = join(server.runs, 'again');
    mkdirSync(again);
    for (const dir of dirs.slice(0, 2)) symlinkSync(dir, join(again, basename(dir)));
    const manifest = readManifest(join(server.runs, 'search'))!;
    writeManifest(again, { ...manifest, sweep: 'again', trials: manifest.trials.slice(0, 2) });
    const linked = await send([], { linkedSweeps: [again] });
    assert.deepEqual(
      linked.map(({ run, status }) => [run, status]),
      [['again', 'sent']],
      JSON.stringify(linked),
    );
    const { experiment, run, tags } = Object.values(readCursor(again)!.sent)[0]!;
    const view = JSON.parse(tags[viewTag(viewOfSweep(run))]!);
    const found = await client.findRuns(experiment, view.searchFilter);
    assert.deepEqual(found.map(({ info }) => info.run_id).sort(), [idOf(rows[0]!), idOf(rows[1]!)].sort());
    assert.equal((await readBack(idOf(rows[1]!))).tags['mlflow.parentRunId'], idOf(rows[3]!));
    assert.deepEqual(await send([], { linkedSweeps: [again] }), []);
  });

  test('of a sweep names the best that the report names, with the same mean and interval', async () => {
    const scores = { a0: 0.9, a1: 0.2, b0: 0.7, b1: 0.71, b2: 0.72, c0: 0.72 };
    const dirs = Object.entries(scores).map(([trial, score]) =>
      writeRecord({ runs: server.runs, name: 'seeds', trial, end: 'finished', score }),
    );
    const sweepDir = join(server.runs, 'seeds');
    writeManifest(sweepDir, {
      version: 1,
      sweep: 'seeds',
      spec: '/specs/seeds.yaml',
      set: [],
      cwd: '/specs',
      time: Date.now(),
      objective: { metric: 'val/combined', mode: 'max' },
      repeats: 3,
      trials: Object.keys(scores).map((id) => ({
        id,
        axes: { point: id[0] },
        seed: Number(id[1]),
        point: 'abc'.indexOf(id[0]!),
        repeat: Number(id[1]),
      })),
    });
    const rows = await send(dirs);
    const parent = await readBack(idOf(rows.at(-1)!));
    const last = (name: string) => Number(parent.metrics[name]!.at(-1)![2]).toFixed(3);
    assert.deepEqual([last('best_seed/val/combined'), last('best/val/combined')], ['0.900', '0.720']);
    const { points, best } = readSweep(sweepDir);
    // c has the higher mean of one seed; equal means keep the order of the sweep.
    assert.deepEqual(
      points.map(({ axes }) => axes.point),
      ['c', 'b', 'a'],
    );
    assert.equal(parent.tags['facecom.best'], `seeds/${best!.trial.id}-1`);
    assert.equal(parent.tags['facecom.best_value'], 'val/combined 0.7200');
    assert.deepEqual(
      parent.metrics['best/val/combined']!.map(([step, , value]) => [step, Number(value).toFixed(3)]),
      [
        [1, '0.900'],
        [2, '0.550'],
        [3, '0.700'],
        [4, '0.705'],
        [5, '0.710'],
        [6, '0.720'],
      ],
    );
  });

  test('has every point that it can have, and says which it cannot', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'hostile',
      metrics: [{ step: 1, values: { a: 1 } }],
    });
    appendFileSync(
      join(runDir, 'events.jsonl'),
      [
        '{"type":"metric","time":1e300,"step":2,"values":{"a":2}}',
        '{"type":"metric","time":1e12,"step":1e300,"values":{"a":3,"b":"high","c":NaN}}',
        `${'x'.repeat(17 << 20)}`,
        '{"type":"metric","time":1795601190,"step":4,"values":{"a":4}}',
        '{"type":"finished","time":1795601190500,"metrics":{"val/combined":0.5}}\n',
      ].join('\n'),
    );
    appendState(runDir, { state: 'finished', seconds: 1 });
    const [row] = await send([runDir]);
    assert.equal(row?.status, 'sent', row?.reason);
    const back = await readBack(idOf(row));
    assert.equal(back.status, 'FINISHED');
    assert.deepEqual(back.metrics.a!.map(([, , value]) => value).sort(), [1, 2, 3, 4]);
    assert.deepEqual(
      back.metrics.c!.map(([, , value]) => value),
      ['nan'],
    );
    assert.ok(!('b' in back.metrics));
    assert.equal(back.metrics.a!.find(([, , value]) => value === 4)![1], 1795601190000);
    for (const code of ['record-line', 'record-value', 'record-time'])
      assert.match(back.tags[`facecom.warning.${code}`]!, /events\.jsonl, line \d/);
    const [again] = await send([runDir]);
    assert.equal(again?.status, 'up-to-date');
  });

  test('is sent again in whole where the server has lost its data, which is noticed without being asked', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'lost',
      metrics: [{ step: 1, values: { a: 1 } }],
      end: 'finished',
    });
    await send([runDir]);
    assert.equal((await send([runDir]))[0]?.status, 'up-to-date');
    // As if its database had been made anew.
    const cursor = JSON.parse(readFileSync(cursorFile(runDir), 'utf8'));
    cursor.key = 'unknown';
    for (const sent of Object.values<{ run: string }>(cursor.sent)) sent.run = 'f'.repeat(32);
    writeFileSync(cursorFile(runDir), JSON.stringify(cursor));
    const [row] = await send([runDir]);
    assert.equal(row?.status, 'sent', row?.reason);
    const back = await readBack(idOf(row));
    assert.deepEqual([back.status, back.metrics.a?.length], ['FINISHED', 1]);
    assert.equal((await send([runDir]))[0]?.status, 'up-to-date');
  });

  test('has one epoch a step, also where a trainer tells its metrics in several events', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'several',
      metrics: [
        { step: 10, epoch: 1, values: { a: 1 } },
        { step: 10, epoch: 1, values: { b: 2 } },
        { step: 20, epoch: 2, values: { a: 3 } },
      ],
      end: 'finished',
    });
    const [row] = await send([runDir]);
    const back = await readBack(idOf(row!));
    assert.deepEqual(
      back.metrics.epoch!.map(([step, , value]) => [step, value]),
      [
        [10, 1],
        [20, 2],
      ],
    );
  });

  test('is shown as finished when it is there as a whole, and opens with its scores', async () => {
    const runDir = writeRecord({ runs: server.runs, trial: 'ending' });
    const events = openEvents(runDir);
    events.finished({ metrics: { 'val/combined': 0.75, 'test/combined': 0.5 } });
    events.close();
    const experiment = await client.createExperiment('ending', []);
    const sync = new RunSync({ runDir, client, target: 'test', experiment });
    await sync.pass({ last: false });
    assert.equal((await readBack(sync.run!.id)).status, 'RUNNING');
    appendState(runDir, { state: 'finished', seconds: 1 });
    await sync.pass({ last: true });
    const { status, tags } = await readBack(sync.run!.id);
    assert.equal(status, 'FINISHED');
    assert.match(tags['mlflow.note.content']!, /\| combined \| [^|]*0\.7500 \| [^|]*0\.5000 \|/);
  });

  test('leaves out a point that the server refuses, and sends the others', async () => {
    const runDir = writeRecord({ runs: server.runs, trial: 'refused' });
    const experiment = await client.createExperiment('left out', []);
    const remote = await RemoteRun.open(
      client,
      { dir: runDir, target: 'test' },
      { key: async () => 'left-out', experiment, name: 'r', start: 1, note: '' },
    );
    const point = (step: number, more: object = {}) => ({
      key: 'a',
      value: step,
      timestamp: 1,
      step,
      ...more,
    });
    await remote.logMetrics([
      ...[1, 2, 3].map((step) => point(step)),
      // Checked here, and refused there.
      point(4, { timestamp: 1e300 }),
      point(5, { key: 'a%b' }),
      ...[6, 7].map((step) => point(step)),
    ]);
    assert.deepEqual(
      (await readBack(remote.id)).metrics.a!.map(([step]) => step),
      [1, 2, 3, 6, 7],
    );
    assert.equal(remote.counts.metrics, 5);
    assert.match(
      [...remote.left].join(' '),
      /2 points left out, the first because: The metric a has no whole timestamp/,
    );
  });

  test('has how busy the machine was, and what evaluate found, sent when they come', async () => {
    const runDir = writeRecord({ runs: server.runs, trial: 'busy', end: 'finished' });
    const log = openSystemLog(runDir);
    log.write({ time: 1000, values: { cpu_utilization_percentage: 40, disk_usage_percentage: 7 } });
    await send([runDir]);
    log.write({ time: 2000, values: { cpu_utilization_percentage: 60, 'gpu 0': null } });
    log.close();
    appendFileSync(systemFile(runDir), 'null\n{"time":"soon","values":{}}\n');
    mkdirSync(join(runDir, 'artifacts', 'evaluations'), { recursive: true });
    writeFileSync(
      join(runDir, 'artifacts', 'evaluations', 'test-1f0c2b3a.json'),
      JSON.stringify({ metrics: { 'test/combined': 0.75, 'test/odd': 'high' } }),
    );
    const [row] = await send([runDir]);
    assert.equal(row?.status, 'sent', row?.reason);
    const back = await readBack(idOf(row));
    assert.deepEqual(back.metrics['system/cpu_utilization_percentage'], [
      [0, 1000, 40],
      [1, 2000, 60],
    ]);
    assert.deepEqual(
      back.metrics['evaluate/test-1f0c2b3a/combined']!.map(([step, , value]) => [step, value]),
      [[0, 0.75]],
    );
    assert.ok(!Object.keys(back.metrics).some((name) => name.includes('odd')));
    assert.equal((await send([runDir]))[0]?.status, 'up-to-date');
  });

  test('has its images where the grid of MLflow looks for them', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'images',
      artifacts: { 'images/test/mistakes.jpg': 'no image', 'images/notes.txt': 'none either' },
      end: 'finished',
    });
    const [row] = await send([runDir]);
    const { artifacts, tags } = await readBack(idOf(row!));
    assert.equal(tags['mlflow.loggedImages'], 'True');
    const names = Object.keys(artifacts).filter((name) => name.startsWith('images/'));
    assert.equal(names.length, 4);
    for (const name of names)
      assert.match(
        name,
        /^images\/(files\/(notes\.txt|test\/mistakes\.jpg)|test~mistakes\+step\+0\+timestamp\+\d+\+\w+(\+compressed)?\.webp)$/,
      );
    assert.equal((await send([runDir]))[0]?.status, 'up-to-date');
  });

  test('has its best checkpoint as a model that MLflow loads, registered under an alias', async () => {
    const tracking = { experiment: 'models', register: 'faces@champion', description: 'Which is best?' };
    const metrics = [{ step: 7, values: { loss: 1 } }];
    const runDir = writeRecord({
      ...{ runs: server.runs, trial: 'model', config: { tracking } },
      ...{ metrics, end: 'finished' },
    });
    mkdirSync(join(runDir, 'model'));
    writeFileSync(join(runDir, 'model', 'model.onnx'), 'no network');
    writeFileSync(
      join(runDir, 'model', 'model.json'),
      JSON.stringify({ input: { size: 8 }, outputs: { identity: { classes: ['a', 'b', 'c'] } } }),
    );
    const [row] = await send([runDir]);
    assert.deepEqual([row?.status, row?.reason], ['sent', undefined]);
    assert.deepEqual(await ask('models:/faces@champion'), {
      run: idOf(row!),
      inputs: [[null, 'uint8', [1, 8, 8, 3]]],
      outputs: ['gender', 'identity', 'embedding'],
      example: ['uint8', [1, 8, 8, 3]],
      flavors: ['onnx', 'python_function'],
    });
    assert.equal((await send([runDir]))[0]?.status, 'up-to-date');
    assert.equal((await send([runDir], { check: true }))[0]?.status, 'up-to-date');
    assert.deepEqual((await readBack(idOf(row!))).models, [7]);
    assert.equal(await client.versionOfRun('faces', idOf(row!)), '1');
    const experiment = await client.experimentByName('models');
    const tags = new Map(experiment!.tags.map(({ key, value }) => [key, value]));
    assert.equal(tags.get('mlflow.note.content'), 'Which is best?');
    assert.match(
      JSON.parse(tags.get('mlflow.sharedViewState.facecom')!).selectedColumns[0],
      /val_best\/combined/,
    );
  });

  test('of an experiment that was deleted says so, and nothing is made', async () => {
    const experiment = await client.createExperiment('gone', []);
    await fetch(`${server.base}api/2.0/mlflow/experiments/delete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_id: experiment }),
    });
    const config = { tracking: { experiment: 'gone' } };
    const [row] = await send([writeRecord({ runs: server.runs, trial: 'gone', config, end: 'finished' })]);
    assert.deepEqual([row?.status, row?.code], ['failed', 'mlflow-experiment-deleted']);
  });

  test('is deleted there with its folder, and can be restored', async () => {
    const runDir = writeRecord({ runs: server.runs, trial: 'removed', end: 'finished' });
    const [row] = await send([runDir]);
    const options = { runs: server.runs, note: () => {} };
    assert.equal(await deleteRemote([runDir], options), 1);
    assert.equal((await client.run(idOf(row!)))?.info.lifecycle_stage, 'deleted');
    assert.equal(await deleteRemote([runDir], options), 1, 'twice does no harm');
    assert.equal((await send([runDir], { restore: true }))[0]?.url, row?.url);
  });

  test('is sent as a whole once a full disk of the server has room again', {
    skip: withoutSmallDisk,
  }, async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'full',
      metrics: Array.from({ length: 3000 }, (_, step) => ({ step, values: { a: step, b: -step } })),
      artifacts: { 'big.txt': 'x'.repeat(1 << 20) },
      end: 'finished',
    });
    const filler = join(server.folder, 'filler');
    await client.createExperiment('full', []);
    fill(filler);
    const notes: string[] = [];
    const config = { name: 'odd', tracking: { mlflow: server.base, experiment: 'facecom' } };
    const tracker = trackRun({ runDir, runs: server.runs, config, note: (line) => notes.push(line) });
    const closed = await tracker.close({ timeout: 3 });
    const [row] = await send([runDir]);
    rmSync(filler);
    assert.equal(closed.sent, false);
    assert.match(notes.join('\n'), /does not work.*`facecom sync` sends/s);
    assert.deepEqual([row?.status, row?.code], ['failed', 'mlflow-unreachable']);
    const [again] = await send([runDir]);
    assert.equal(again?.status, 'sent', again?.reason);
    const back = await readBack(idOf(again));
    assert.deepEqual(
      [back.status, back.metrics.a!.length, back.metrics.b!.length, back.artifacts['big.txt']!.length],
      ['FINISHED', 3000, 3000, 1 << 20],
    );
  });

  test('is followed while it runs', async () => {
    const runDir = writeRecord({
      runs: server.runs,
      trial: 'live',
      metrics: [{ step: 1, values: { a: 1 } }],
    });
    const config = {
      name: 'odd',
      tracking: { mlflow: server.base, from: 'orchestrator' as const, changes: false, experiment: 'live' },
    };
    const notes: string[] = [];
    const tracker = trackRun({ runDir, runs: server.runs, config, note: (line) => notes.push(line) });
    const events = openEvents(runDir);
    events.metric({ step: 2, epoch: 1, values: { a: 2 } });
    events.close();
    const closed = await tracker.close();
    assert.deepEqual([closed.sent, notes], [true, []]);
    const back = await readBack(new URL(closed.url!).hash.split(/[/?]/).at(-2)!);
    assert.equal(back.metrics.a?.length, 2);
  });

  test('client refuses what the server would lose', async () => {
    const experiment = await client.createExperiment('refused', []);
    const { info } = await client.createRun({
      experiment_id: experiment,
      run_name: 'r',
      start_time: 1,
      tags: [],
    });
    const point = { key: 'a', value: 1, timestamp: 1, step: 1 };
    for (const bad of [
      { step: 1.5 },
      { timestamp: 0.5 },
      { value: NaN },
      { value: '3' as 'NaN' },
      { key: '' },
    ])
      await assert.rejects(client.logMetrics(info.run_id, [point, { ...point, ...bad }]), {
        code: 'mlflow-invalid',
      });
    await assert.rejects(client.logParams(info.run_id, [{ key: 'p', value: 3 as unknown as string }]), {
      code: 'mlflow-invalid',
    });
    assert.deepEqual((await client.run(info.run_id))?.data.metrics ?? [], []);
  });
});

/** Writes a file until its disk is full. */
function fill(file: string): void {
  for (let bytes = 1 << 20; bytes >= 512; )
    try {
      appendFileSync(file, Buffer.alloc(bytes));
    } catch {
      bytes /= 2;
    }
}

suite('a server that does not do what it should', () => {
  let server: Server;
  let answer: { status: number; body: string; headers?: Record<string, string> };
  let asked: { authorization?: string }[] = [];
  before(async () => {
    server = createServer((request, response) => {
      asked.push({ authorization: request.headers.authorization });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());
  const address = () => `127.0.0.1:${(server.address() as { port: number }).port}`;
  const ping = (uri: string, env: NodeJS.ProcessEnv = {}) =>
    new MlflowClient(connect(uri, env), { policy: { retries: 2, backoff: 0.01, timeout: 5 } }).ping();

  test('is told by its code', async () => {
    const cases: [typeof answer, string][] = [
      [{ status: 401, body: 'no' }, 'mlflow-refused'],
      [{ status: 403, body: 'Invalid Host header' }, 'mlflow-refused'],
      [{ status: 200, body: '<html>login</html>' }, 'mlflow-answer'],
      [{ status: 200, body: '[]' }, 'mlflow-answer'],
      [{ status: 404, body: '<html>' }, 'mlflow-answer'],
      [{ status: 302, body: '', headers: { location: 'https://elsewhere' } }, 'mlflow-answer'],
      [{ status: 503, body: 'busy' }, 'mlflow-unreachable'],
      [{ status: 400, body: '{"error_code":"X","message":"bad"}' }, 'mlflow-request'],
    ];
    for (const [given, code] of cases) {
      answer = given;
      asked = [];
      await assert.rejects(ping(`http://${address()}`), { code });
      assert.equal(
        asked.length,
        given.status === 503 || given.status === 200 ? 3 : 1,
        `${given.status} is asked again only where it helps`,
      );
    }
    await assert.rejects(ping('http://127.0.0.1:4'), {
      code: 'mlflow-unreachable',
      found: 'ECONNREFUSED',
    });
  });

  test('gets the credentials, and nobody else does', async () => {
    answer = { status: 200, body: '{}' };
    asked = [];
    const uri = `http://me:s%3Acret@${address()}`;
    await ping(uri);
    await ping(uri, { MLFLOW_TRACKING_TOKEN: 'abc\n' });
    await ping(uri, { MLFLOW_TRACKING_USERNAME: 'you', MLFLOW_TRACKING_PASSWORD: 'x' });
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    assert.deepEqual(
      asked.map(({ authorization }) => authorization),
      [basic('me:s:cret'), 'Bearer abc', basic('you:x')],
    );
    answer = { status: 401, body: '' };
    await assert.rejects(
      ping(uri),
      (error: Error) => !`${error.message}${JSON.stringify(error)}`.includes('cret'),
    );
    assert.throws(
      () => connect('sqlite://u:secret@/x.db'),
      (error: Error) => !JSON.stringify(error).includes('secret'),
    );
  });
});
