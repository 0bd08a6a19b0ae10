import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject } from '../../base/files.ts';
import { plural, shownPath } from '../../base/format.ts';
import type { RunResult } from '../../operations/index.ts';
import { readConfigPart } from '../../record/index.ts';
import { printJson } from './print.ts';
import { scoreTable } from './score-table.ts';
import { printable } from './table.ts';

interface ResultOptions {
  runs: string;
  json?: boolean;
}

/** Prints what became of a run. Returns the exit code: 0 finished, 1 failed, 130 stopped. */
export function concludeRun(result: RunResult, options: ResultOptions): number {
  const { run, dir, status, metrics, failure, seconds, mlflow, kept, stopped_by } = result;
  if (options.json)
    printJson({
      ...{ run, dir, status, metrics },
      ...(kept ? { kept } : {}),
      seconds: Math.round(seconds * 10) / 10,
      ...(mlflow === undefined ? {} : { mlflow }),
      ...(failure ? { error: failure } : {}),
      ...(stopped_by === undefined ? {} : { stopped_by }),
    });
  else process.stdout.write(`${describe(result)}${mlflowLine(result, options)}\n`);
  return { finished: 0, failed: 1, stopped: 130 }[status];
}

function describe({ run, dir: folder, status, failure, metrics, stopped_by: by }: RunResult): string {
  const dir = shownPath(folder);
  if (status === 'stopped')
    return `Stopped${by ? `: ${by}` : '.'} Resume with: facecom resume ${run}\nRun folder: ${dir}`;
  if (failure)
    return `Failed (${failure.class}): ${failure.message}\nRun folder: ${dir}, its log: ${dir}/log.txt`;
  return `${scoreTable(metrics, readIntervals(folder))}\n${bestEpochLine(folder)}Run folder: ${dir} (${plural(countArtifacts(folder), 'artifact')})`;
}

/** Whose weights were scored; nothing for a trainer that does not report it. */
function bestEpochLine(dir: string): string {
  const { best, epochs } = (readJsonObject(join(dir, 'artifacts', 'metrics.json')) ?? {}) as {
    best?: { epoch?: unknown; monitor?: unknown };
    epochs?: unknown;
  };
  if (typeof best?.epoch !== 'number' || typeof best.monitor !== 'string') return '';
  const of = typeof epochs === 'number' ? ` of ${epochs}` : '';
  return `Best epoch: ${best.epoch}${of}, by ${printable(best.monitor)}\n`;
}

/** 95 % intervals of the test scores, where the run has them. */
function readIntervals(dir: string): Record<string, [number, number]> {
  try {
    return JSON.parse(readFileSync(join(dir, 'artifacts', 'evaluation.json'), 'utf8')).intervals;
  } catch {
    return {};
  }
}

function countArtifacts(dir: string): number {
  try {
    return readdirSync(join(dir, 'artifacts')).length;
  } catch {
    return 0;
  }
}

/** The run's page, or how to get to it; nothing if tracking is off. */
function mlflowLine({ run, dir, sent, mlflow }: RunResult, { runs }: ResultOptions): string {
  if (mlflow !== undefined) return `\nSee it in MLflow: ${mlflow}`;
  if (sent) return '';
  const folder = runs === 'runs' ? '' : ` --runs ${runs}`;
  // A server of the spec's own is not the one that `ui` opens.
  const given = /^https?:/.test(String(readConfigPart(dir).tracking?.mlflow));
  return given
    ? `\nSend it to MLflow: facecom sync ${run}${folder}`
    : `\nSee it in MLflow: facecom ui${folder}`;
}
