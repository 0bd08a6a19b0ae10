import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { sendSignal } from '../../base/process.ts';
import { expectStart } from '../../record/index.ts';
import { Leftovers, SECRET } from '../strays.ts';
import type { Exit, Handle, Job, Launcher, Watchman } from './launcher.ts';

/** Starts trainers as processes of this machine, each the leader of a process group, its output in the run's log.txt. */
export class LocalLauncher implements Launcher {
  readonly name = 'local';

  constructor(private readonly guard?: Watchman) {}

  start(job: Job): Handle {
    const leftovers = new Leftovers();
    this.guard?.expect(leftovers);
    expectStart(job.runDir, leftovers.secret);
    const handle = startProcess(job, leftovers);
    this.guard?.watch(handle);
    return handle;
  }
}

function startProcess(job: Job, leftovers: Leftovers): Handle {
  const log = openSync(join(job.runDir, 'log.txt'), 'a');
  try {
    const [program, ...args] = job.command;
    // Not execa: the log is a file descriptor, so that a trainer outlives its orchestrator without a broken pipe.
    const child = spawn(program!, args, {
      cwd: job.cwd,
      env: mergeEnvironment({ ...job.env, FACECOM_RUN_DIR: job.runDir, [SECRET]: leftovers.secret }),
      stdio: ['ignore', log, log],
      // A Ctrl-C in the terminal reaches the orchestrator only, which asks the trainers to stop; and a group can be killed whole.
      detached: true,
    });
    const exited = new Promise<Exit>((resolve) => {
      child.on('error', (error) => resolve({ error: error.message }));
      child.on('exit', (code, name) =>
        resolve({ ...(code === null ? {} : { code }), ...(name === null ? {} : { signal: name }) }),
      );
    });
    return {
      ...(child.pid === undefined ? {} : { pid: child.pid }),
      leftovers,
      exited,
      stop: () => {
        if (child.pid !== undefined) sendSignal(child.pid, 'SIGTERM');
      },
      kill: () => {
        if (child.pid !== undefined) sendSignal(child.pid, 'SIGKILL', { group: true });
      },
    };
  } finally {
    closeSync(log);
  }
}

/** This process's environment with changes; undefined takes a variable away. */
export function mergeEnvironment(changes: Job['env']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}
