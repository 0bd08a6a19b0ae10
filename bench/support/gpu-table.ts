import { readFileSync } from 'node:fs';

// node --import tsx gpu-table.ts results.jsonl: what bench/gpu.sh measured as a Markdown table.

interface Line {
  case: string;
  ours: number;
  peer: number | null;
  unit: string;
  ratio: number | null;
  machine: string;
  against?: string;
  details?: {
    /** Percent. */
    utilisation?: Record<'ours' | 'peer', number | null>;
    /** Whose memory was counted. */
    counted?: Record<'ours' | 'peer', string | undefined>;
  };
}

const lines = readFileSync(process.argv[2]!, 'utf8')
  .split('\n')
  .filter((text) => text.startsWith('{'))
  .map((text) => JSON.parse(text) as Line);

const percent = (value: number | null | undefined) => (value == null ? '–' : `${Math.round(value)} %`);
const row = (cells: string[]) => `| ${cells.join(' | ')} |`;

console.log(`${lines[0]?.machine ?? 'Nothing was measured.'}, ${new Date().toISOString().slice(0, 10)}\n`);
console.log(
  row(['case', 'ours', 'PyTorch', 'times better', 'GPU busy: ours', 'PyTorch', 'PyTorch is', 'memory of']),
);
console.log(row(Array(8).fill('---')));
for (const { case: name, ours, peer, unit, ratio, against, details } of lines) {
  console.log(
    row([
      name,
      `${ours} ${unit}`,
      peer === null ? '–' : `${peer} ${unit}`,
      ratio === null ? '–' : `${ratio.toFixed(2)}×`,
      percent(details?.utilisation?.ours),
      percent(details?.utilisation?.peer),
      against ?? '–',
      details?.counted?.ours ?? '–',
    ]),
  );
}
