import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lossOfLine, readSearch } from '../../src/record/index.ts';
import { readExperiment } from '../../src/spec/index.ts';
import { Search } from '../../src/sweep/index.ts';

/** An external trainer whose score follows from `optimizer.lr` and `loss.label_smoothing`, best at 0.01 and 0.2; it saves and resumes. */
const trainer = `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
const dir = process.env.FACECOM_RUN_DIR;
const events = join(dir, 'events.jsonl');
const write = (event) => appendFileSync(events, JSON.stringify({ time: clock(), ...event }) + '\\n');
const { optimizer, loss, train, trainer: { params = {} } } = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
// A clock that is set back and forth.
let ticks = 0;
const clock = () => (params.jumps && ++ticks % 2 ? 1e12 * (ticks % 5) : Date.now());
const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\\n').filter(Boolean) : [];
let done = Math.max(0, ...lines.map((line) => JSON.parse(line).epoch ?? 0));
if (params.fails) process.exit(3);
if (params.diverges) {
  write({ type: 'failed', class: 'nan', code: 'diverged', message: 'The loss is not a number.' });
  process.exit(1);
}
process.on('SIGTERM', () => process.exit(0));
const score = 1 - 0.1 * (Math.log10(optimizer.lr) + 2) ** 2 - (loss.label_smoothing - 0.2) ** 2;
const name = params.metric ?? 'val/combined';
const value = () => ({ [name]: params.nan ? 'NaN' : score * (1 - 0.5 / done), 'val/size': -optimizer.lr });
while (done < train.epochs) {
  // One that is held ends only when it is stopped.
  const pause = params.hold === optimizer.lr && done > 0 ? 1e9 : (params.pause ?? 5);
  await new Promise((resolve) => setTimeout(resolve, pause));
  done++;
  if (!params.once) write({ type: 'metric', epoch: done, step: done, values: value() });
}
write({ type: 'finished', metrics: value() });
`;

export interface SearchSpec {
  sweep?: object;
  epochs?: number;
  params?: object;
}

/** Writes \`search.yaml\` and its trainer into a folder. Returns the spec's file name. */
export function writeSearch(cwd: string, { sweep = {}, epochs = 3, params = {} }: SearchSpec = {}): string {
  writeFileSync(join(cwd, 'trainer.mjs'), trainer);
  const spec = {
    name: 'search',
    trainer: { command: [process.execPath, './trainer.mjs'], params },
    train: { epochs },
    tracking: { mlflow: 'off' },
    resources: { retry_delay: 0.01 },
    sweep: {
      method: 'tpe',
      trials: 14,
      axes: {
        'optimizer.lr': { log_uniform: [1e-5, 1] },
        'loss.label_smoothing': { uniform: [0, 0.5] },
      },
      ...sweep,
    },
  };
  writeFileSync(join(cwd, 'search.yaml'), JSON.stringify(spec));
  return 'search.yaml';
}

/** The trials that a sweep's search.jsonl names, and those that its own lines lead to when it is made again. */
export async function replay(cwd: string): Promise<{ recorded: string[][]; again: string[][] }> {
  const spec = await readExperiment('search.yaml', { cwd, env: {} });
  const search = Search.of(spec)!;
  const recorded: string[][] = [];
  const again: string[][] = [];
  for (const entry of readSearch(join(cwd, 'runs', 'search'))) {
    if (entry.type === 'earlier') search.tellEarlier(entry.config as never, entry.losses.map(lossOfLine));
    if (entry.type === 'told')
      search.tell(entry.point, {
        state: entry.state,
        ...(entry.losses ? { losses: entry.losses.map(lossOfLine) } : {}),
        ...(entry.epoch === undefined ? {} : { epoch: entry.epoch }),
      });
    if (entry.type !== 'proposed') continue;
    recorded.push(entry.trials);
    again.push((search.propose(entry.point) ?? []).map(({ id }) => id));
  }
  return { recorded, again };
}
