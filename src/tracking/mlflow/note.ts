import { formatScore } from '../../base/format.ts';
import { markdown, markdownTable } from './markdown.ts';
import type { RunRecord } from './run-record.ts';

const MOST = 16; // rows

/**
 * What MLflow shows as a run's description, as Markdown. `scores`: of a run that has finished, those of its best checkpoint; the page of
 * a run opens with them.
 */
export function noteOf(
  { id, config, spec, environment: { git } }: RunRecord,
  scores: Readonly<Record<string, number>> = {},
): string {
  const description = config.description?.trim();
  const commit = git?.commit
    ? `, commit ${git.commit.slice(0, 12)}${git.dirty ? ' with local changes' : ''}`
    : '';
  const about = `Run folder \`${id}\`${spec ? `, spec \`${spec}\`` : ''}${commit}.`;
  return [description, scoreTable(scores), about].filter(Boolean).join('\n\n');
}

/** Validation and test side by side; undefined if there is neither. */
function scoreTable(scores: Readonly<Record<string, number>>): string | undefined {
  const names = new Set(
    Object.keys(scores).flatMap((name) => /^(?:val|test)\/([^/]+)$/.exec(name)?.[1] ?? []),
  );
  if (names.size === 0) return undefined;
  const of = (split: string, name: string) => {
    const score = scores[`${split}/${name}`];
    return score === undefined ? '' : formatScore(score);
  };
  const rows = [...names].slice(0, MOST).map((name) => [markdown(name), of('val', name), of('test', name)]);
  return markdownTable(['best checkpoint', 'validation', 'test'], rows);
}
