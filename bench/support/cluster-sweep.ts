import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { programFile } from '../../src/base/folders.ts';

/** Writes a sweep of trials whose trainer is a line of shell. Returns its file. */
export function writeSweep(folder: string, count: number, launcher: object, work = ':'): string {
  const trainer = join(folder, 'trainer.sh');
  const finished = '{"type":"finished","time":1,"metrics":{"val/combined":0.5}}';
  writeFileSync(
    trainer,
    `#!/bin/bash\ncd "$FACECOM_RUN_DIR" || exit 9\n${work}\necho '${finished}' >> events.jsonl\n`,
    { mode: 0o755 },
  );
  const spec = join(folder, 'noop.json');
  const experiment = {
    name: 'noop',
    trainer: { command: [trainer] },
    tracking: { mlflow: 'off' },
    resources: {
      ...{ cpus: 1, gpus: 0, retry_delay: 0.1, launcher },
      retry: { killed: 100, infrastructure: 100, lost: 100, interrupted: 100 },
    },
    sweep: { axes: { 'optimizer.lr': Array.from({ length: count }, (_, i) => (i + 1) / 1000) } },
  };
  writeFileSync(spec, JSON.stringify(experiment));
  return spec;
}

/** Starts `facecom sweep` and leaves it running. */
export const startSweep = (cwd: string, spec: string, env: Record<string, string>) =>
  execa(process.execPath, [programFile(), 'sweep', spec, '--json'], {
    ...{ cwd, env, reject: false as const, stdin: 'ignore' as const },
  });

/** How often each trial of the sweep in a folder has finished. */
export function finishes(folder: string): number[] {
  const runs = join(folder, 'runs/noop');
  return readdirSync(runs)
    .filter((name) => /-\d+$/.test(name))
    .map((name) => join(runs, name, 'events.jsonl'))
    .map((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('"finished"').length - 1 : 0));
}
