import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { packageFolder } from '../src/base/folders.ts';
import { Random } from '../src/base/random.ts';
import { scanRuns } from '../src/record/index.ts';
import type { BenchContext } from './support/context.ts';
import { reportCounts } from './support/counts.ts';
import { resultOf } from './support/crash-subjects.ts';
import { writeExternal } from './support/external-spec.ts';
import { hasStack, program } from './support/program.ts';

const codes = ['ENOSPC', 'EIO', 'EACCES'];

/**
 * A sweep whose n-th call of the file system below its runs folder fails, for n from 1 on, and the same sweep on a disk that works again
 * ─▶ no stack trace, no hang; afterwards every trial is finished once, with the results of a sweep that nothing failed. `--rounds` is the
 * number of calls that are made to fail, evenly spread over all there are; `--seed` chooses others.
 */
export async function run(context: BenchContext): Promise<void> {
  const cwd = await context.folder();
  writeExternal(cwd, 2, {
    resources: { retry_delay: 0.05, max_parallel: 1 },
    tracking: { mlflow: 'off' },
    sweep: { axes: { 'optimizer.lr': [0.1, 0.01] } },
  });
  const fault = pathToFileURL(join(import.meta.dirname, 'support', 'failing-calls.mjs')).href;
  const node = ['--import', fault];
  const counter = join(cwd, 'calls');
  const runs = join(cwd, 'runs');
  const sweep = (env: Record<string, string>) =>
    program(['sweep', 'exp.yaml', '--runs', runs], {
      ...{ cwd, node, limit: 300 },
      env: {
        NODE_PATH: join(packageFolder(), 'node_modules'),
        FAIL_BELOW: runs,
        FAIL_COUNT: counter,
        ...env,
      },
    });
  mkdirSync(runs);
  const calm = await sweep({});
  if (calm.code !== 0) throw new Error(calm.output);
  const expected = resultsIn(runs);
  const calls = Number(readFileSync(counter, 'utf8'));
  const wanted = Math.min(calls, context.rounds(calls));
  const found = {
    cases: 0,
    calls,
    stacks: 0,
    hangs: 0,
    unfinished: 0,
    different: 0,
    repeated: 0,
    refused: 0,
    survived: 0,
  };
  const from = new Random(context.seed, 'disk').uniform(0, 1);
  for (let k = 0; k < wanted; k++) {
    const at = 1 + Math.floor(((k + from) * calls) / wanted);
    rmSync(runs, { recursive: true, force: true });
    mkdirSync(runs);
    const failed = await sweep({ FAIL_AT: String(at), FAIL_WITH: codes[k % codes.length]! });
    found.cases++;
    const said = `call ${at} (${codes[k % codes.length]}): rc ${failed.code}`;
    if (failed.hung) found.hangs++;
    if (hasStack(failed.output)) {
      found.stacks++;
      context.note(`${said}: ${failed.output.slice(-900)}`);
    }
    if (failed.code === 0) found.survived++;
    if (failed.code === 2) found.refused++;
    const after = await sweep({});
    const now = resultsIn(runs);
    if (after.code !== 0 || now.size !== expected.size) {
      found.unfinished++;
      context.note(`${said}, then rc ${after.code}: ${after.output.slice(-600)}`);
    } else if (!isDeepStrictEqual(now, expected)) {
      found.different++;
      context.note(`${said}: other results`);
    }
    const finished = [...scanRuns(join(runs, 'exp'))].filter(({ status }) => status === 'finished').length;
    if (finished > expected.size) found.repeated++;
    if (k % 5 === 4) context.note(`${k + 1}/${wanted}: ${JSON.stringify(found)}`);
  }
  reportCounts(
    context,
    {
      'stack traces': found.stacks,
      hangs: found.hangs,
      'sweeps that could not be finished afterwards': found.unfinished,
      'sweeps with other results': found.different,
      'trials finished twice': found.repeated,
    },
    { rounds: found.cases, details: { ...found } },
  );
}

const resultsIn = (runs: string) =>
  new Map(
    [...scanRuns(join(runs, 'exp'))]
      .filter(({ status }) => status === 'finished')
      .map(({ trial, dir, metrics }) => [trial, resultOf(dir, metrics)]),
  );
