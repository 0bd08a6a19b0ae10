import { isRecord } from '../base/objects.ts';
import { lineAndColumn } from '../base/positions.ts';
import { activatePlugins } from '../plugins/index.ts';
import { checkConfig } from './check.ts';
import { compose, placesOf, withFlags } from './compose.ts';
import type { Experiment } from './experiment.generated.ts';
import type { PlacedFinding } from './findings.ts';
import { usePluginsAt, withPluginPaths } from './plugin-paths.ts';
import { type Finding, type Problem, problemAt, SpecError, sortProblems } from './problem.ts';
import { readTree } from './read.ts';
import { experimentSchema, fillDefaults } from './schema.ts';
import type { Source, Span } from './source.ts';
import { checkTrainerParams } from './trainer-params.ts';
import { findNode, formatPath, type MapNode, type Path, toValue } from './tree.ts';
import { withEnvironment } from './variables.ts';

export interface ReadOptions {
  /** `path=value` flags, applied in order over the file. */
  set?: readonly string[];
  /** What file names are relative to; the working directory where left out. */
  cwd?: string;
  /** Environment variables; the process's where left out. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** A place as origins name it. */
type OriginPlace = { file: string; line: number; column: number };

/** Where a value came from. */
export type Origin =
  | { kind: 'default' }
  | ({ kind: 'file' } & OriginPlace)
  | { kind: 'flag'; flag: string }
  /** An environment variable that the file refers to. */
  | ({ kind: 'environment'; variable: string; flag?: string } & Partial<OriginPlace>)
  /** An axis of the sweep, or `sweep.repeats`; with the place where the sweep names it. */
  | ({ kind: 'axis'; axis: string; flag?: string } & Partial<OriginPlace>)
  /** Changed before the run was started again, after a failure of the class. */
  | { kind: 'retry'; class: string; from: unknown };

export interface ResolvedExperiment {
  /** Every key with a default is present; `extends` and `sweep` are not. */
  config: Experiment;
  /** The spec as it was asked for. */
  file: string;
  /** The spec as written. */
  text: string;
  /** By dotted path of each value that is not a map: where it came from. */
  origins: Record<string, Origin>;
  /** The sweep with its defaults, where the spec has one. */
  sweep: Experiment['sweep'];
  /** What the spec and its bases say, without defaults and `sweep`: what a trial's values are put into. */
  partial: Record<string, unknown>;
  /** The same with places. */
  tree: MapNode;
  source: Source;
}

/** What a file holds, right or wrong. */
export interface Inspected {
  /** Sorted by place. */
  problems: Problem[];
  /** What is right but looks like a mistake. */
  warnings: Problem[];
  /** Undefined if the file could not be read; if there are problems, its config breaks the schema or a rule. */
  resolved?: ResolvedExperiment;
}

/**
 *   file ─▶ tree with places ─▶ extends, --set ─▶ environment ─▶ defaults ─▶ schema and rules ─▶ Inspected
 *
 * Everything that is wrong with a spec but its sweep. Throws FacecomError `spec-missing`.
 */
export async function inspectExperiment(file: string, options: ReadOptions = {}): Promise<Inspected> {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const cwd = options.cwd ?? process.cwd();
  const composed = await compose(file, {
    cwd,
    set: options.set ?? [],
    problems,
  });
  if (!composed) return { problems: sortProblems(problems), warnings };
  const { sources, complete } = composed;
  const { root, plugins } = withPluginPaths(composed.root, options.cwd ?? process.cwd());
  const broken = await usePluginsAt(plugins);
  if (broken) return { problems: sortProblems([...problems, broken]), warnings };
  const tree =
    sources.some(({ text }) => text.includes('${')) || options.set?.some((s) => s.includes('${'))
      ? withEnvironment(root, { env: options.env ?? process.env, problems })
      : root;
  const partial = toValue(tree) as Record<string, unknown>;
  const filled = fillDefaults(experimentSchema, partial) as Experiment;
  const source = sources[0]!;
  const said = whatYamlSaid(problems);
  const found = checkConfig(filled);
  if (isRecord(filled) && !found.some(({ at }) => at.length === 0 || at[0] === 'trainer'))
    found.push(...(await checkTrainerParams(filled, cwd)));
  for (const finding of found) {
    // What is missing may be in a base that could not be read.
    if (!complete && finding.code === 'spec-missing-key') continue;
    const problem = placed(finding, { tree, source });
    if (finding.warning) warnings.push(problem);
    else if (!said.has(placeKey(problem)) && !said.has(problem.path) && !said.has(wholeKey(problem))) {
      // A union says twice that its discriminator is missing.
      said.add(wholeKey(problem));
      problems.push(problem);
    }
  }
  const { sweep, extends: _, ...config } = filled;
  const { sweep: __, ...rest } = partial;
  return {
    problems: sortProblems(problems),
    warnings: sortProblems(warnings),
    resolved: {
      config,
      file,
      text: source.text,
      origins: originsOf(config, tree),
      sweep,
      partial: rest,
      tree,
      source,
    },
  };
}

/** Places, and paths of values that YAML could not give: what the schema says of them is no news. */
function whatYamlSaid(problems: readonly Problem[]): Set<string> {
  const said = new Set(problems.map(placeKey));
  for (const { code, path } of problems) if (code.startsWith('yaml-') && path !== '') said.add(path);
  return said;
}

const wholeKey = (problem: Problem): string => `${placeKey(problem)} ${problem.code} ${problem.path}`;

const placeKey = ({ file, line, column }: Problem): string => `${file}:${line}:${column}`;

/** A spec that keeps to the schema and the rules. Throws SpecError with every problem, or FacecomError `spec-missing`. */
export async function readExperiment(file: string, options: ReadOptions = {}): Promise<ResolvedExperiment> {
  const { problems, resolved } = await inspectExperiment(file, options);
  if (problems.length > 0 || !resolved) throw new SpecError(problems);
  return resolved;
}

/** A config with its defaults from what is given of it and `--set` flags; its plugins have been loaded. Throws SpecError; only what a flag says has a place. */
export function resolveConfig(partial: object, { set = [] }: { set?: readonly string[] } = {}): Experiment {
  activatePlugins((partial as Partial<Experiment>).plugins);
  const source: Source = { kind: 'flag', name: 'config', text: JSON.stringify(partial) };
  const problems: Problem[] = [];
  const tree = withFlags(readTree(source, problems) as MapNode, set, problems);
  const config = fillDefaults(experimentSchema, {
    name: 'experiment',
    ...(toValue(tree) as object),
  }) as Experiment;
  const nowhere = { source: { ...source, text: '' }, start: 0, end: 0 };
  for (const finding of checkConfig(config)) {
    if (finding.warning) continue;
    const problem = placed(finding, { tree, source });
    problems.push(problem.file === source.name ? problemAt(nowhere, bare(finding)) : problem);
  }
  if (problems.length > 0) throw new SpecError(problems);
  return config;
}

function bare({
  at: _at,
  on: _on,
  within: _within,
  fix: _fix,
  accepts: _accepts,
  warning: _,
  ...finding
}: PlacedFinding): Finding {
  return finding;
}

/** A finding at the place of its key or value, or of the nearest key above it that was written. */
export function placed(
  finding: PlacedFinding,
  { tree, source }: Pick<ResolvedExperiment, 'tree' | 'source'>,
): Problem {
  for (let length = finding.at.length; length > 0; length--) {
    const found = findNode(tree, finding.at.slice(0, length));
    if (!found) continue;
    const exact = length === finding.at.length;
    const span: Span = (finding.on === 'key' || !exact ? found.key : undefined) ?? found.node.span;
    const given = exact && finding.on === 'key' ? besides(finding, tree) : undefined;
    if (given)
      return problemAt(span, { ...bare(finding), remedy: `${given} is given too: keep one of the two.` });
    if (exact && finding.accepts) return quoted(finding, span);
    return problemAt(part(span, finding.within), bare(finding), exact ? finding.fix : undefined);
  }
  return problemAt({ source, start: 0, end: 0 }, bare(finding));
}

/** Text that was written as a number or a word of YAML: offered in quotes as it stands, so that 0.10 stays 0.10. */
function quoted({ accepts, ...finding }: PlacedFinding, span: Span): Problem {
  const text = span.source.text.slice(span.start, span.end);
  const shownText = { ...bare(finding), found: text };
  if (!accepts!(text)) return problemAt(span, shownText);
  const fix = /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
  return problemAt(span, { ...shownText, suggestion: fix }, fix);
}

/** The key that is suggested, where the same map of the same file has it already: a file may override its base, and a flag both. */
function besides({ at, suggestion }: PlacedFinding, tree: MapNode): string | undefined {
  if (suggestion === undefined) return undefined;
  const parent = findNode(tree, at.slice(0, -1))?.node;
  if (parent?.kind !== 'map') return undefined;
  const [other, own] = [parent.entries.get(suggestion), parent.entries.get(String(at.at(-1)))];
  return other && own && other.key.source === own.key.source ? suggestion : undefined;
}

/** The part of a span that holds a text, or the span. */
function part(span: Span, within: string | undefined): Span {
  const start = within ? span.source.text.indexOf(within, span.start) : -1;
  return start === -1 || start >= span.end ? span : { ...span, start, end: start + within!.length };
}

function originsOf(config: unknown, root: MapNode): Record<string, Origin> {
  const places = placesOf(root);
  const origins: Record<string, Origin> = {};
  const visit = (value: unknown, path: Path) => {
    const name = formatPath(path);
    if (isRecord(value) && Object.keys(value).length > 0) {
      for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
      return;
    }
    const node = places.get(name);
    if (!node) {
      origins[name] = { kind: 'default' };
      return;
    }
    const place = placeOf(node.span);
    if (node.kind === 'scalar' && node.variable)
      origins[name] = { kind: 'environment', variable: node.variable, ...place };
    else origins[name] = 'flag' in place ? { kind: 'flag', ...place } : { kind: 'file', ...place };
  };
  visit(config, []);
  return origins;
}

/** File, line and column of a span, or the flag. */
export function placeOf({ source, start }: Span): OriginPlace | { flag: string } {
  return source.kind === 'flag'
    ? { flag: source.name }
    : { file: source.name, ...lineAndColumn(source.text, start) };
}
