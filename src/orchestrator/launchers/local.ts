import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { sendSignal } from '../../base/process.ts';
import type { Exit, Handle, Job, Launcher } from './launcher.ts';

/** Starts trainers as processes of this machine, each the leader of a process group, its output in the run's log.txt. */
export const local: Launcher = {
  name: 'local',
  start: startProcess,
};

function startProcess(job: Job): Handle {
  const log = openSync(join(job.runDir, 'log.txt'), 'a');
  try {
    const [program, ...args] = job.command;
    // Not execa: the log is a file descriptor, so that a trainer outlives its orchestrator without a broken pipe.
    const child = spawn(program!, args, {
      cwd: job.cwd,
      env: mergeEnvironment({ ...job.env, FACECOM_RUN_DIR: job.runDir }),
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
