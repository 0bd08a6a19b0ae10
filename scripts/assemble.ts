// Assembles each NAME.wat of the folders of kernels to NAME.generated.ts, which holds the module as base64: `npm run assemble`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const folders = ['../src/base/kernels', '../src/pixels/kernels', '../src/tensor/onednn/kernels'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The text of the generated file of each kernel, by its path. */
export async function assembleKernels(): Promise<Map<string, string>> {
  const { parseWat } = await wabt();
  const files = new Map<string, string>();
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.wat'))) {
      const module = parseWat(name, readFileSync(join(folder, name), 'utf8'), { simd: true });
      const { buffer } = module.toBinary({});
      module.destroy();
      const lines = Buffer.from(buffer)
        .toString('base64')
        .replace(/.{1,100}/g, "  '$&' +\n")
        .replace(/ \+\n$/, '');
      files.set(
        join(folder, name.replace(/\.wat$/, '.generated.ts')),
        `// Assembled from ${name} by scripts/assemble.ts: do not change by hand.\nexport const wasm =\n${lines};\n`,
      );
    }
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of await assembleKernels()) writeFileSync(path, text);
