import type { Environment } from '../../record/index.ts';

/** Something of the environment that is not as it was. */
export interface Change {
  what: string;
  recorded: string;
  now: string;
}

/** What decides bits besides the config, as text; undefined if it is not known. */
const facts: ReadonlyArray<[what: string, of: (environment: Environment) => string | undefined]> = [
  ['facecom', ({ facecom }) => facecom],
  ['commit', ({ git }) => git?.commit && `${git.commit.slice(0, 12)}${git.dirty ? ', changed' : ''}`],
  ['Node.js', ({ node }) => node],
  ['TensorFlow', ({ tensorflow }) => tensorflow && `${tensorflow.version} (${tensorflow.kind})`],
  ['processor', ({ cpu }) => cpu?.model],
  ['GPU', ({ gpus }) => gpus?.map(({ name }) => name).join(', ')],
  ['system', ({ platform }) => platform],
];

/** What is known of both and differs. */
export function changesOf(before: Environment, now: Environment): Change[] {
  return facts.flatMap(([what, of]) => {
    const [then, today] = [of(before), of(now)];
    return then !== undefined && today !== undefined && then !== today
      ? [{ what, recorded: then, now: today }]
      : [];
  });
}
