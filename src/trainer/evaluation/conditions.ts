import { type Subset, underCondition } from '../../data/index.ts';
import { type EvaluateOptions, evaluateTogether } from './evaluate.ts';
import { evaluateFully, type FullSettings, type Thresholds } from './full.ts';
import type { Outcomes, Scores } from './metrics.ts';

export interface ConditionScores {
  condition: string;
  /** 1 mild … 5 severe. */
  severity: number;
  scores: Scores;
}

export interface ConditionsOptions extends EvaluateOptions {
  conditions: readonly string[];
  severities: readonly number[];
  imageSize: number;
  /** Of what is random in a condition: where the sun stands, where drops fall. */
  seed: number;
  settings: FullSettings;
  /** Chosen on clean validation images. */
  thresholds: Thresholds;
  /** What was found of the images as they are: the gallery stays clean. */
  clean?: Outcomes;
  watched?: readonly string[];
}

/** The scores of a subset under each condition at each severity. */
export async function scoreUnderConditions(
  learners: Parameters<typeof evaluateTogether>[0],
  subset: Subset,
  options: ConditionsOptions,
): Promise<ConditionScores[]> {
  const { conditions, severities, imageSize, seed, thresholds, onProgress } = options;
  const settings = { ...options.settings, intervals: 0 };
  const total = conditions.length * severities.length * subset.size;
  const rows: ConditionScores[] = [];
  for (const condition of conditions)
    for (const severity of severities) {
      const before = rows.length * subset.size;
      const distorted = underCondition(subset, { condition, severity, imageSize, seed });
      const outcomes = await evaluateTogether(learners, distorted, {
        ...options,
        onProgress: (done) => onProgress?.(before + done, total),
      });
      const { scores } = evaluateFully(distorted, outcomes, {
        settings,
        thresholds,
        seed,
        watched: options.watched ?? [],
        reference: options.clean?.embeddings,
      });
      rows.push({ condition, severity, scores });
    }
  return rows;
}

/** Each condition's scores by name, `fog/combined`: the means over its severities. */
export function conditionMeans(rows: readonly ConditionScores[]): Scores {
  const means: Scores = {};
  for (const condition of new Set(rows.map((row) => row.condition))) {
    const own = rows.filter((row) => row.condition === condition);
    for (const [name, value] of Object.entries(meanOf(own))) means[`${condition}/${name}`] = value;
  }
  return means;
}

/**
 * The mean over all conditions and severities, `conditions/combined`, and what is lost of the clean score, `conditions_loss/combined`:
 * 0 nothing, 1 all of it.
 */
export function conditionSummary(rows: readonly ConditionScores[], clean: Scores): Scores {
  const found: Scores = {};
  for (const [name, value] of Object.entries(meanOf(rows))) {
    found[`conditions/${name}`] = value;
    if (clean[name] !== undefined && clean[name] > 0 && !/_(?:eer|ece)$/.test(name))
      found[`conditions_loss/${name}`] = lost(value, clean[name]);
  }
  return found;
}

/** The mean of equal scores may differ from them in its last digits, which is no loss. */
function lost(value: number, clean: number): number {
  const share = 1 - value / clean;
  return Math.abs(share) < 1e-12 ? 0 : share;
}

/** The scores as CSV: clean first, then each condition and severity. */
export function conditionTable(rows: readonly ConditionScores[], clean: Scores): string {
  const names = Object.keys(clean);
  const line = (condition: string, severity: number, scores: Scores) =>
    [condition, severity, ...names.map((name) => scores[name]?.toFixed(6) ?? '')].join(',');
  return `${[
    ['condition', 'severity', ...names].join(','),
    line('none', 0, clean),
    ...rows.map(({ condition, severity, scores }) => line(condition, severity, scores)),
  ].join('\n')}\n`;
}

/** The means of the scores that all rows have. */
function meanOf(rows: readonly ConditionScores[]): Scores {
  const names = Object.keys(rows[0]?.scores ?? {}).filter((name) =>
    rows.every(({ scores }) => scores[name] !== undefined),
  );
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((sum, { scores }) => sum + scores[name]!, 0) / rows.length]),
  );
}
