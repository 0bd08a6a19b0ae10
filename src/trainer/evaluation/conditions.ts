import { type Subset, underCondition } from '../../data/index.ts';
import { type EvaluateOptions, evaluate } from './evaluate.ts';
import { type Scores, type ScoreWeights, score } from './metrics.ts';

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
  weights: ScoreWeights;
}

/** The scores of a subset under each condition at each severity. */
export async function scoreUnderConditions(
  learner: Parameters<typeof evaluate>[0],
  subset: Subset,
  options: ConditionsOptions,
): Promise<ConditionScores[]> {
  const { conditions, severities, imageSize, seed, weights, onProgress } = options;
  const total = conditions.length * severities.length * subset.size;
  const rows: ConditionScores[] = [];
  for (const condition of conditions)
    for (const severity of severities) {
      const before = rows.length * subset.size;
      const outcomes = await evaluate(
        learner,
        underCondition(subset, { condition, severity, imageSize, seed }),
        { ...options, onProgress: (done) => onProgress?.(before + done, total) },
      );
      rows.push({ condition, severity, scores: score(outcomes, weights) });
    }
  return rows;
}

/** Each condition's scores by name, `fog/combined`: the means over its severities. */
export function conditionMeans(rows: readonly ConditionScores[]): Scores {
  const means: Scores = {};
  for (const condition of new Set(rows.map((row) => row.condition))) {
    const own = rows.filter((row) => row.condition === condition);
    for (const name of Object.keys(own[0]!.scores))
      means[`${condition}/${name}`] = own.reduce((sum, { scores }) => sum + scores[name]!, 0) / own.length;
  }
  return means;
}
