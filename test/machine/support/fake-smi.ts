import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface FakeGpu {
  uuid: string;
  name?: string;
  /** MiB. */
  total?: number;
  /** MiB. */
  used?: number;
  processes?: Array<{ pid: number; name: string; used: number }>;
  mig?: string[];
}

/**
 * Puts a program `nvidia-smi` into a folder that answers as NVIDIA's does for these GPUs, and returns the PATH that finds it.
 * Called again, the machine has changed.
 */
export function fakeNvidiaSmi(folder: string, gpus: readonly FakeGpu[]): string {
  const table = gpus.map((gpu, index) =>
    [
      index,
      gpu.uuid,
      gpu.name ?? 'NVIDIA H100 80GB HBM3',
      gpu.total ?? 81559,
      gpu.used ?? 4,
      '570.86.15',
      gpu.mig ? 'Enabled' : 'Disabled',
    ].join(', '),
  );
  const apps = gpus.flatMap(({ uuid, processes = [] }) =>
    processes.map(({ pid, name, used }) => [uuid, pid, name, used].join(', ')),
  );
  const list = gpus.flatMap(({ uuid, name, mig = [] }, index) => [
    `GPU ${index}: ${name ?? 'NVIDIA H100 80GB HBM3'} (UUID: ${uuid})`,
    ...mig.map((slice, i) => `  MIG 1g.10gb     Device  ${i}: (UUID: ${slice})`),
  ]);
  const answer = (lines: string[]) => `cat <<'END'\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}END`;
  const script = `#!/bin/sh
case "$1" in
  --query-gpu=*) ${answer(table)}
  ;;
  --query-compute-apps=*) ${answer(apps)}
  ;;
  -L) ${answer(list)}
  ;;
esac
`;
  const file = join(folder, 'nvidia-smi');
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return `${folder}${delimiter}${process.env.PATH}`;
}
