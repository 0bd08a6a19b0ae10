/** A word of a POSIX shell that means itself. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export interface ScriptOptions {
  /** Lines of the user's that come first. */
  setup: readonly string[];
  /** Node on the cluster's machines. */
  node: string;
  /** The program. */
  program: string;
  batch: string;
  /** How the job is named in claims; a word of shell. */
  name: string;
}

/** Sets `host`, also where no program is on PATH. */
const HOST = 'read -r host </proc/sys/kernel/hostname || host=$(hostname)';

/** Shell of one job, whose number is in `$job`: what the user set up, then `facecom job`. */
export function jobScript({ setup, node, program, batch, name }: ScriptOptions): string {
  const words = [node, program, 'job', batch].map(quote).join(' ');
  return [
    ...setup,
    `command -v ${quote(node)} >/dev/null 2>&1 || { ${HOST}; echo ${quote(`facecom: there is no ${node} on`)} "$host" >&2; exit 127; }`,
    `exec ${words} "$job" --job ${name}`,
    '',
  ].join('\n');
}

/** How a job of Slurm names itself, in its shell. */
export const SLURM_JOB = '"$SLURM_ARRAY_JOB_ID"_"$job"';
