#!/usr/bin/env node
// Stands in for sbatch, squeue, sacct, scontrol, sinfo and scancel where a fault of theirs is wanted: jobs are processes of this
// machine, the folder above that of the programs has their state. `mode` there holds faults, one a line, for the next calls of sbatch;
// `state-ID` is what a job's state is said to be, `STATE|REASON`, and `left-ID` the time until its limit; `cancelled-ID`, if it is there, has it be CANCELLED when its process has ended; `down`, if it is there, is a controller that does not answer; `accounting`, if it is there, has sacct answer.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const bin = dirname(process.argv[1]);
const root = dirname(bin);
const program = basename(process.argv[1]);
const args = process.argv.slice(2);
const option = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const fail = (text) => {
  process.stderr.write(`${program}: error: ${text}\n`);
  process.exit(1);
};
const jobs = join(root, 'jobs');
mkdirSync(jobs, { recursive: true });
appendFileSync(join(root, 'calls'), `${program} ${args.join(' ')}\n`);
if (existsSync(join(root, 'down'))) fail('Unable to contact slurm controller (connect failure)');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
const alive = (pid) => {
  try {
    return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};
const tasks = () =>
  readdirSync(jobs).map((id) => {
    const [array, task] = id.split('_');
    const { name, pid, ...kept } = JSON.parse(read(join(jobs, id)) || '{}');
    const [forced, reason = 'None'] = read(join(root, `state-${id}`)).split('|');
    return {
      ...kept,
      id,
      array,
      task,
      name,
      pid,
      reason,
      state:
        forced ||
        (alive(pid) ? 'RUNNING' : existsSync(join(root, `cancelled-${id}`)) ? 'CANCELLED by 0' : 'COMPLETED'),
    };
  });

function submit() {
  const modes = read(join(root, 'mode')).split('\n').filter(Boolean);
  const mode = modes.shift() ?? '';
  const [, last] = /^0-(\d+)/.exec(option('array'));
  const count = Number(last) + 1;
  const limit = Number(/^quota (\d+)/.exec(mode)?.[1] ?? Number.POSITIVE_INFINITY);
  if (mode !== '' && count <= limit && limit !== Number.POSITIVE_INFINITY) return launch(count);
  if (limit === Number.POSITIVE_INFINITY) writeFileSync(join(root, 'mode'), modes.join('\n'));
  if (mode.startsWith('quota'))
    fail(
      "Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    );
  if (mode === 'busy') {
    process.stderr.write('sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n');
    setTimeout(() => {}, 100_000);
    return;
  }
  if (mode === 'refuse')
    fail(
      'invalid partition specified: nowhere\nsbatch: error: Batch job submission failed: Invalid partition name specified',
    );
  if (mode === 'lost') fail('Batch job submission failed: Socket timed out on send/recv operation');
  launch(count, mode === 'timeout', /^stillborn (.*)/.exec(mode)?.[1]);
}

/** Two calls at the same time have two. */
function newNumber() {
  for (let number = 1000; ; number++)
    try {
      mkdirSync(join(root, `number-${number}`));
      return String(number);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
}

/** `stillborn`: the state that they are said to have, and no process. */
function launch(count, silent = false, stillborn = undefined) {
  const script = readFileSync(0, 'utf8');
  if (args.includes('--test-only')) return;
  const array = newNumber();
  for (let task = 0; task < count; task++) {
    const id = `${array}_${task}`;
    if (stillborn !== undefined) {
      writeFileSync(join(root, `state-${id}`), stillborn);
      writeFileSync(join(jobs, id), JSON.stringify({ name: option('job-name') }));
      continue;
    }
    begin({ id, name: option('job-name'), script, out: option('output').replace('%a', task) });
  }
  if (silent) fail('Batch job submission failed: Socket timed out on send/recv operation');
  process.stdout.write(`${array}\n`);
}

/** `before`: shell that comes first. */
function begin({ id, name, script, out, restarts = 0 }, before = '') {
  const [array, task] = id.split('_');
  const child = spawn('bash', ['-c', before + script], {
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      ...{ SLURM_JOB_ID: id, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task },
      SLURM_RESTART_COUNT: String(restarts),
    },
  });
  child.unref();
  writeFileSync(join(jobs, id), JSON.stringify({ name, pid: child.pid, script, out, restarts }));
}

/** The job asks for it itself, this program being of its group, and is ended by its next start. */
function requeue(id) {
  const job = tasks().find((one) => one.id === id);
  if (!job) fail('Invalid job id specified');
  begin({ ...job, restarts: job.restarts + 1 }, `sleep 0.2; kill -9 -- -${job.pid}\n`);
}

function queue() {
  if (args.includes('-j')) {
    const found = tasks().find(({ id }) => id === args[args.indexOf('-j') + 1]);
    const left = found && (read(join(root, `left-${found.id}`)) || 'UNLIMITED');
    if (found) process.stdout.write(`${found.state}|${left}|${found.name}\n`);
    return;
  }
  if (args.includes('-O')) {
    const widths = args
      .at(-1)
      .split(',')
      .map((field) => Number(field.split(':')[1]));
    for (const { array, task, name, out = '', state } of tasks())
      if (state === 'RUNNING')
        process.stdout.write(
          `${[array, task, name, out].map((text, i) => text.padEnd(widths[i])).join('')}\n`,
        );
    return;
  }

  const names = option('name')?.split(',');
  const format = args.at(-1);
  for (const { array, task, name, state, reason } of tasks()) {
    if (state === 'FORGOTTEN') continue;
    if (names && !names.includes(name)) continue;
    if (!existsSync(join(root, 'forget')) || state === 'RUNNING')
      process.stdout.write(format === '%F' ? `${array}\n` : `${[task, state, reason, name].join('|')}\n`);
  }
}

if (program === 'sbatch') submit();
else if (program === 'squeue') queue();
else if (program === 'sacct') {
  if (!existsSync(join(root, 'accounting'))) fail('Slurm accounting storage is disabled');
  const found = tasks().find(({ id }) => id === args[args.indexOf('-j') + 1]);
  if (found) process.stdout.write(`${found.state}|0:0|None|${found.name}\n`);
} else if (program === 'scontrol' && args[0] === 'requeue') requeue(args[1]);
else if (program === 'scontrol' && args[1] === 'config')
  process.stdout.write('MaxArraySize            = 1001\n');
else if (program === 'scontrol') {
  const found = tasks().find(({ id }) => id === args.at(-1));
  if (!found || found.state === 'FORGOTTEN') fail('Invalid job id specified');
  // Who cancelled it is known to the accounting alone.
  process.stdout.write(
    `JobId=1 JobState=${found.state.split(' ')[0]} Reason=None ExitCode=0:0 JobName=${found.name}\n`,
  );
} else if (program === 'scancel') {
  const known = tasks().filter(({ name }) => name === option('name'));
  const signal = args.includes('--signal=TERM') ? 'SIGTERM' : 'SIGKILL';
  for (const { id } of known.filter((job) => args.includes(job.id) && job.state === 'PENDING'))
    writeFileSync(join(root, `state-${id}`), 'CANCELLED by 0');
  if (!args.includes('--state=PENDING'))
    for (const { id, pid } of known.filter((job) => args.includes(job.id) && job.state === 'RUNNING')) {
      if (signal === 'SIGKILL') writeFileSync(join(root, `state-${id}`), 'CANCELLED by 0');
      try {
        process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
      } catch {}
    }
}
