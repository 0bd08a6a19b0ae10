import pc from 'picocolors';
import type { DoctorOptions } from './command.ts';
import { checkFolders } from './disk.ts';
import type { Finding } from './finding.ts';
import { checkMlflow } from './mlflow.ts';
import { checkNode, checkProgram, checkPython, checkWasm, checkWebgpu } from './programs.ts';
import { checkCompute } from './tensorflow.ts';

/** Looks at everything at once and prints what was found. Returns the exit code: 1 where something prevents training. */
export async function doctor({ runs, json }: DoctorOptions): Promise<number> {
  const checks = await Promise.all([
    checkProgram(),
    checkNode(),
    checkPython(),
    checkCompute(),
    checkWasm(),
    checkWebgpu(),
    checkMlflow(runs),
    checkFolders(runs),
  ]);
  const findings = checks.flat();
  const well = findings.every(({ status }) => status !== 'fail');
  if (json) process.stdout.write(`${JSON.stringify({ ok: well, checks: findings })}\n`);
  else for (const finding of findings) process.stdout.write(`${line(finding)}\n`);
  return well ? 0 : 1;
}

const MARKS = { ok: pc.green('ok  '), warn: pc.yellow('warn'), fail: pc.red('fail') };

function line({ name, status, text, remedy }: Finding): string {
  const first = `${MARKS[status]}  ${name.padEnd(10)}  ${text}`;
  return remedy ? `${first}\n                  ${pc.dim(remedy)}` : first;
}
