import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from './device.ts';
import { describeMachine } from './machine.ts';
import { pythonEnvironment } from './python.ts';
import { alternate, type Side } from './rounds.ts';

/** What a case measured: the medians of both sides. `peer` is left out where nobody else does it. */
export interface Measured {
  case: string;
  ours: number;
  peer?: number;
  /** Such as `img/s`, `ms`, `MB`. */
  unit: string;
  better: 'higher' | 'lower';
  /** What stood on the other side: the peer's name, version and variant. */
  against?: string;
  rounds?: number;
  /** Anything else that a reader needs: spreads, variants, what was chosen. */
  details?: Record<string, unknown>;
}

/** `--device` and `--backend`: where a training step is measured, and on which of facecom's backends. */
export interface Target {
  device: Device;
  backend: 'onednn' | 'tensorflow' | 'webgpu';
}

export interface BenchContext {
  readonly name: string;
  readonly target: Target;
  /** `--seed`: of what a bench draws at random. */
  readonly seed: number;
  /** `--rounds`, or what the bench takes by itself. */
  rounds(usual: number): number;
  /** Whether a case is to be measured: all of them, or those whose name contains one of `--only`. */
  wants(name: string): boolean;
  /** Whether a way of the peer's is to be measured: all of them, or those whose name contains one of `--peer`. */
  wantsPeer(name: string): boolean;
  /** An empty folder, removed at the end. */
  folder(): Promise<string>;
  /** The python of the peer's virtual environment, made at first use in the user's cache folder. FACECOM_BENCH_PYTHON takes its place. */
  pythonEnvironment(name: string, requirements: readonly string[]): Promise<string>;
  /** Measures the sides in turn, changing who goes first each round; returns each side's median and all its values. */
  alternate<K extends string>(
    rounds: number,
    sides: Record<K, Side>,
  ): Promise<Record<K, { median: number; values: number[] }>>;
  /** Runs at the end, whatever happened: stops what the bench started. */
  defer(cleanup: () => void | Promise<void>): void;
  /** Says something to the person who waits (stderr). */
  note(text: string): void;
  report(measured: Measured): void;
}

interface Options {
  name: string;
  target: Target;
  rounds: number | undefined;
  seed: number;
  json: boolean;
  only: string[];
  peers: string[];
}

/** The context of one bench, with what the runner does after it: `print` the results, `dispose` of what was made. */
export function createContext(options: Options): BenchContext & { print(): void; dispose(): Promise<void> } {
  const results: Measured[] = [];
  const cleanups: Array<() => void | Promise<void>> = [];
  // What a bench that was interrupted finds in folders that are being removed is no finding.
  let ended = false;
  const note = (text: string) => void (ended || console.error(text));
  const rounds = (usual: number) => options.rounds ?? usual;
  const context = {
    name: options.name,
    target: options.target,
    seed: options.seed,
    rounds,
    note,
    wants: (name: string) => among(options.only, name),
    wantsPeer: (name: string) => among(options.peers, name),
    async folder() {
      const folder = await mkdtemp(join(tmpdir(), `facecom-bench-${options.name}-`));
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
    pythonEnvironment: (name: string, requirements: readonly string[]) =>
      pythonEnvironment(name, requirements, note),
    alternate,
    defer: (cleanup: () => void | Promise<void>) => void cleanups.push(cleanup),
    report(measured: Measured) {
      results.push(measured);
      note(describe(measured));
    },
    print() {
      const machine = describeMachine();
      if (results.length > 0 && !options.json) console.log(table(results, machine));
      for (const result of results) console.log(JSON.stringify(line(options.name, result, machine, rounds)));
    },
    async dispose() {
      ended = true;
      for (const cleanup of cleanups.reverse()) await cleanup();
    },
  };
  return context;
}

const among = (parts: readonly string[], name: string): boolean =>
  parts.length === 0 || parts.some((part) => name.includes(part));

/** How many times better ours is; above 1 is a win whatever the unit. */
export function ratio({ ours, peer, better }: Measured): number | undefined {
  if (peer === undefined) return undefined;
  return better === 'higher' ? ours / peer : peer / ours;
}

function line(bench: string, result: Measured, machine: string, rounds: (usual: number) => number) {
  const times = ratio(result);
  return {
    bench,
    case: result.case,
    ours: round(result.ours),
    peer: result.peer === undefined ? null : round(result.peer),
    unit: result.unit,
    ratio: times === undefined ? null : round(times),
    rounds: result.rounds ?? rounds(1),
    machine,
    ...(result.against ? { against: result.against } : {}),
    ...(result.details ? { details: result.details } : {}),
  };
}

const round = (value: number): number => Number(value.toPrecision(4));

function describe(result: Measured): string {
  const times = ratio(result);
  const peer = result.peer === undefined ? '' : `, ${result.against ?? 'peer'} ${round(result.peer)}`;
  return `${result.case}: ours ${round(result.ours)}${peer} ${result.unit}${times === undefined ? '' : ` → ${times.toFixed(2)}×`}`;
}

/** The results as a Markdown table, as bench/README.md keeps them. */
function table(results: Measured[], machine: string): string {
  const rows = results.map((result) => {
    const times = ratio(result);
    const cells = [
      result.case,
      `${round(result.ours)} ${result.unit}`,
      result.peer === undefined ? '–' : `${round(result.peer)} ${result.unit}`,
      times === undefined ? '–' : `${times.toFixed(2)}×`,
      result.against ?? '–',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `${machine}\n`,
    '| case | ours | peer | times better | peer is |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
