import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../src/base/folders.ts';
import { createRunFolder, openEvents, scanRuns } from '../src/record/index.ts';
import type { BenchContext } from './support/context.ts';

const TRIALS = 10_000;
const EPOCHS = 20;

/** How long it takes to see and to resume a sweep of 10,000 trials of which all but a few have finished. */
export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  const spec = join(folder, 'scan.yaml');
  const runs = join(folder, 'runs');
  writeFileSync(
    join(folder, 'noop.sh'),
    `echo '{"type":"finished","time":1,"metrics":{"val/combined":0.5}}' >> "$FACECOM_RUN_DIR/events.jsonl"\n`,
  );
  writeFileSync(
    spec,
    JSON.stringify({
      name: 'scan',
      trainer: { command: ['/bin/sh', join(folder, 'noop.sh')] },
      resources: { max_parallel: 2 },
      tracking: { mlflow: 'off' },
      sweep: { axes: { 'optimizer.weight_decay': Array.from({ length: TRIALS }, (_, i) => i / TRIALS) } },
    }),
  );
  context.note(`making ${TRIALS} run folders`);
  makeRuns(runs, trialsOf(spec));
  const rounds = context.rounds(5);
  const seconds = async (work: () => void) => {
    const measured = await context.alternate(rounds, {
      ours: () => {
        const begun = performance.now();
        work();
        return (performance.now() - begun) / 1000;
      },
    });
    return measured.ours.median;
  };
  const report = (name: string, ours: number, limit: number) =>
    context.report({
      case: name,
      ours,
      unit: 's',
      better: 'lower',
      rounds,
      details: { trials: TRIALS, aim: limit },
    });
  const objective = { metric: 'val/combined', mode: 'max' as const };
  report('scan', await seconds(() => expect(count(scanRuns(join(runs, 'scan'), { objective })))), 1);
  report(
    'facecom status, whole program',
    await seconds(() => facecom('status', 'scan', '--runs', runs, '--json')),
    1,
  );
  report(
    'facecom sweep again, nothing left to run, whole program',
    await seconds(() => facecom('sweep', spec, '--runs', runs, '--json')),
    2,
  );
}

function trialsOf(spec: string): string[] {
  const lines = facecom('sweep', spec, '--dry-run', '--json').trim().split('\n');
  return lines.flatMap((line) => (JSON.parse(line) as { trial?: string }).trial ?? []);
}

/** As a sweep leaves them: of each epoch a metric, a checkpoint and some progress. */
function makeRuns(runs: string, trials: readonly string[]): void {
  for (const trial of trials) {
    const dir = createRunFolder(
      { runs, name: 'scan', trial },
      { config: {}, spec: '', origins: {}, environment: {} },
    );
    const states = [
      { state: 'queued' },
      {
        state: 'started',
        launcher: 'local',
        devices: ['cpu'],
        attempt: 1,
        pid: 1,
        host: 'h',
        process: 'p',
        orchestrator: { pid: 1 },
      },
      { state: 'finished', seconds: 60, exit_code: 0 },
    ];
    appendFileSync(
      join(dir, 'state.jsonl'),
      states.map((entry, i) => `${JSON.stringify({ time: i, ...entry })}\n`).join(''),
    );
    const events = openEvents(dir);
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      for (let n = 1; n <= 3; n++)
        events.progress({ stage: 'train', done: n, total: 3, unit: 'steps', epoch, epochs: EPOCHS });
      events.metric({
        step: epoch,
        epoch,
        values: { 'train/loss': 1 / epoch, 'val/combined': 1 - 1 / epoch },
      });
      events.checkpoint({ path: 'checkpoints/last', score: 0.5 });
    }
    events.finished({ metrics: { 'val/combined': 0.5, 'test/combined': 0.4 } });
    events.close();
  }
}

function count(runs: Iterable<{ status: string }>): number {
  let finished = 0;
  for (const { status } of runs) finished += Number(status === 'finished');
  return finished;
}

function expect(found: number): void {
  if (found !== TRIALS) throw new Error(`${found} of ${TRIALS} were found.`);
}

function facecom(...args: string[]): string {
  const options = { encoding: 'utf8', maxBuffer: 1 << 30 } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(packageFolder(), 'bin', 'facecom.mjs'), ...args],
    options,
  );
  if (status !== 0) throw new Error(`facecom ${args[0]} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}
