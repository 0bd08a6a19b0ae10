// The text of every start that never changes (commander, yaml, the compiled validator), as one script whose compiled code is kept beside it
// for the next start: shipped as `cached.js`. Node itself keeps compiled code from 22.1 on.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const fs = require('node:fs');
const vm = require('node:vm');

const filename = fileURLToPath(new URL('./cached.cjs', import.meta.url));
// One for each version of V8: it refuses what another has compiled.
const kept = `${filename}.${process.versions.v8}`;

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

const cachedData = read(kept);
const text = `(function (module, exports, require) {${fs.readFileSync(filename, 'latin1')}\n})`;
const script = new vm.Script(text, { filename, cachedData });
const module = { exports: {} };
script.runInThisContext()(module, module.exports, require);
if (!cachedData || script.cachedDataRejected) process.once('exit', keep);

/** At the end, when what a command calls has been compiled. An install that cannot be written starts without. */
function keep() {
  try {
    const aside = `${kept}.${process.pid}`;
    fs.writeFileSync(aside, script.createCachedData());
    fs.renameSync(aside, kept);
  } catch {
    // The next start compiles again.
  }
}

export const cached = module.exports;
