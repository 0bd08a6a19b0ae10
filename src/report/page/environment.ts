import { formatBytes } from '../../base/format.ts';
import { isRecord } from '../../base/objects.ts';
import type { RunRecord } from '../../record/index.ts';
import { facts } from './document.ts';
import { type Html, html, plain } from './html.ts';

type Git = NonNullable<RunRecord['environment']['git']>;

/** What the run ran on and with: code, versions, device, precision, data. */
export function environmentFacts({ environment, summary }: RunRecord): Html {
  const { git, cpu = {}, onednn, tensorflow, gpus } = environment;
  const rows: [string, Html | string][] = [];
  const add = (name: string, value: unknown) => {
    if (value !== undefined && value !== '') rows.push([name, value as string]);
  };
  add('commit', git ? commit(git) : undefined);
  add('facecom', text(environment.facecom));
  add('Node.js', text(environment.node));
  add('oneDNN', onednn && plain(onednn.version));
  add('TensorFlow', tensorflow && `${plain(tensorflow.version)} (${plain(tensorflow.kind)})`);
  add('versions of the trainer', isRecord(summary.versions) ? pairs(summary.versions) : '');
  add('device', text(summary.device));
  add('backend', text(summary.backend));
  add('precision', [text(summary.precision), text(summary.precision_reason)].filter(Boolean).join(', '));
  add(
    'processor',
    [text(cpu.model), cpu.cores === undefined ? '' : `${plain(cpu.cores)} cores`].filter(Boolean).join(', '),
  );
  add('GPUs', gpus ? gpus.map(({ name }) => name ?? 'GPU').join(', ') || 'none' : '');
  add('memory', environment.memory_bytes === undefined ? '' : formatBytes(environment.memory_bytes));
  add('host', [text(environment.host), text(environment.platform)].filter(Boolean).join(', '));
  add('seed', text(environment.seed));
  add('data set', text(summary.data_hash ?? environment.data_hash));
  add('images', isRecord(summary.pictures) ? pairs(summary.pictures) : '');
  add('identities', text(summary.identities));
  add('parameters', typeof summary.parameters === 'number' ? summary.parameters.toLocaleString('en-US') : '');
  if (rows.length === 0) return html`<p class="muted">No environment was recorded.</p>`;
  return html`${facts(rows)}${git ? changes(git) : undefined}`;
}

function commit(git: Git): Html {
  return html`<span class="mono">${plain(git.commit)}</span>${
    git.dirty === true && html` <span class="badge busy">with local changes</span>`
  }`;
}

function changes(git: Git): Html | undefined {
  const text = [git.status?.join('\n'), git.diff].filter(Boolean).join('\n\n');
  return text === ''
    ? undefined
    : html`<details><summary>Local changes</summary><pre>${text.slice(0, 200_000)}</pre></details>`;
}

const text = (value: unknown): string => (value === null ? '' : plain(value));

const pairs = (values: Record<string, unknown>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${plain(value)}`)
    .join(', ');
