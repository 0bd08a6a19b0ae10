import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BenchContext, createContext } from './support/context.ts';
import { findDevice } from './support/device.ts';

// npm run bench -- NAME [--json] [--rounds n] [--seed n] [--only case] [--device cpu|gpu:0] [--backend tensorflow|onednn|webgpu]
//   [--peer WORDS]
//   name ─ bench/NAME.ts ─ run(context): measures both sides, alternating ─ one JSON line a case

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '7' },
    only: { type: 'string', multiple: true, default: [] },
    device: { type: 'string' },
    backend: { type: 'string' },
    peer: { type: 'string', multiple: true, default: [] },
  },
});
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
  .sort();
const [name] = positionals;
if (!name || !names.includes(name) || positionals.length > 1) {
  console.error(
    `Usage: npm run bench -- NAME [--json] [--rounds n] [--seed n] [--only case] [--device NAME] [--backend NAME] [--peer WORDS]\nNAME is one of ${names.join(', ')}.`,
  );
  process.exit(2);
}
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`--rounds takes a whole number above 0, found ${values.rounds}.`);
  process.exit(2);
}
const seed = Number(values.seed);
if (!Number.isInteger(seed) || seed < 0) {
  console.error(`--seed takes a whole number, found ${values.seed}.`);
  process.exit(2);
}

const onDevices = ['step', 'memory', 'evaluate', 'startup', 'sides'];
if ((values.device ?? values.backend) !== undefined && !onDevices.includes(name)) {
  console.error(`--device and --backend are for ${onDevices.join(', ')}.`);
  process.exit(2);
}
const { backend = (values.device ?? 'cpu') === 'cpu' ? 'onednn' : 'tensorflow' } = values;
if (backend !== 'tensorflow' && backend !== 'onednn' && backend !== 'webgpu') {
  console.error(`--backend takes tensorflow, onednn or webgpu, found ${backend}.`);
  process.exit(2);
}
// The backend webgpu is for GPUs; on `cpu` it takes what Vulkan offers, and the peer the CPU.
const device = await findDevice(values.device ?? (backend === 'webgpu' ? 'gpu:0' : 'cpu')).catch((error) => {
  console.error(error.message);
  process.exit(2);
});

const context = createContext({
  name,
  rounds,
  seed,
  json: values.json,
  only: values.only,
  peers: values.peer,
  target: { device, backend },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    await context.dispose();
    process.exit(130);
  });
}
try {
  const bench = (await import(`./${name}.ts`)) as { run(context: BenchContext): Promise<void> };
  await bench.run(context);
} catch (error) {
  console.error(error instanceof Error && 'remedy' in error ? error.message : error);
  process.exitCode = 1;
} finally {
  // Also what was measured before an error.
  context.print();
  await context.dispose();
}
