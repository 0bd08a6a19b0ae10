import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { writeSweepReport } from '../src/report/index.ts';
import type { BenchContext } from './support/context.ts';
import { makeSweep } from './support/made-sweep.ts';

const TRIALS = 200;
const LIMITS = { bytes: 5e6, open: 2 };
const PEER = ['optuna==5.0.0', 'plotly==6.3.0'];

/** The page of a sweep of 200 trials: how long it takes to write, how large it is and how soon a browser shows it. */
export async function run(context: BenchContext): Promise<void> {
  const folder = await context.folder();
  const dir = makeSweep(join(folder, 'runs'), TRIALS, context.seed);
  const ours = join(folder, 'ours.html');
  const peer = join(folder, 'peer.html');
  const python = await context.pythonEnvironment('bench-report', PEER);
  const script = join(import.meta.dirname, 'peers', 'report_optuna.py');
  const note = (line: string) => context.note(line);
  const timed = async (work: () => unknown) => {
    const begun = performance.now();
    await work();
    return (performance.now() - begun) / 1000;
  };
  const rounds = context.rounds(5);
  const write = await context.alternate(rounds, {
    ours: () => timed(() => writeSweepReport(dir, { note, out: ours })),
    peer: () => timed(() => execFileSync(python, [script, dir, peer])),
  });
  const against = `${PEER.join(', ')}: history, parallel coordinates, importance, slices in one page`;
  const facts = { unit: 's', better: 'lower' as const, against, rounds };
  context.report({
    case: `write the page of ${TRIALS} trials`,
    ...facts,
    ours: write.ours.median,
    peer: write.peer.median,
  });
  const megabytes = (file: string) => statSync(file).size / 1e6;
  context.report({
    ...facts,
    case: `its size; the limit is ${LIMITS.bytes / 1e6} MB`,
    unit: 'MB',
    rounds: 1,
    ours: megabytes(ours),
    peer: megabytes(peer),
  });
  const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) return note('no browser: it is not opened');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  context.defer(() => browser.close());
  const open = async (file: string) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const seconds = await timed(async () => {
      await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
      // Drawn: two frames later.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
      );
    });
    await page.close();
    return seconds;
  };
  const opened = await context.alternate(rounds, { ours: () => open(ours), peer: () => open(peer) });
  context.report({
    ...facts,
    case: `open it in Chromium until it is drawn; the limit is ${LIMITS.open} s`,
    ours: opened.ours.median,
    peer: opened.peer.median,
  });
}
