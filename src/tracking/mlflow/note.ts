import type { RunRecord } from './run-record.ts';

/** What MLflow shows as a run's description, as Markdown. */
export function noteOf({ id, config, spec, environment: { git } }: RunRecord): string {
  const description = config.description?.trim();
  const commit = git?.commit
    ? `, commit ${git.commit.slice(0, 12)}${git.dirty ? ' with local changes' : ''}`
    : '';
  const about = `Run folder \`${id}\`${spec ? `, spec \`${spec}\`` : ''}${commit}.`;
  return description ? `${description}\n\n${about}` : about;
}
