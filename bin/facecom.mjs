#!/usr/bin/env node
// The program's entry. An installed package ships its build; a checkout makes sure that its own belongs to src/.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// From the first moment on: Node itself has undone the ignoring that bin/facecom tells of, and on a busy machine the rest takes its time.
if (process.env.FACECOM_IGNORES_HANGUP !== undefined) process.on('SIGHUP', () => {});

// Required: the ES module of node:fs loads all of Node's streams.
const { existsSync } = module.createRequire(import.meta.url)('node:fs');
const builder = new URL('../scripts/build.mjs', import.meta.url);
const dist = existsSync(fileURLToPath(builder))
  ? await build()
  : new URL('../dist/package', import.meta.url).href;
// From Node 22.1 on, compiled code is kept beside the modules for the next start.
module.enableCompileCache?.(fileURLToPath(`${dist}/compiled`));
await import(`${dist}/main.js`);

async function build() {
  const { ensureBuilt } = await import(builder.href);
  try {
    return await ensureBuilt();
  } catch (error) {
    if (!error.remedy) throw error;
    process.stderr.write(
      `error[${error.code}]: ${error.message}\n  found:    ${error.found}\n  remedy:   ${error.remedy}\n`,
    );
    process.exit(2);
  }
}
