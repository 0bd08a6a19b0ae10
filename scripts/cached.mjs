// What every start reads and never changes (commander, yaml, the compiled validator): scripts whose compiled code is kept beside them for the
// next start. Shipped as cached.js; Node itself keeps compiled code from 22.1 on.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const fs = require('node:fs');
const vm = require('node:vm');

/** What the script NAME.cjs exports. */
export function cached(name) {
  const filename = fileURLToPath(new URL(`./${name}.cjs`, import.meta.url));
  // One for each version of V8: it refuses what another has compiled.
  const kept = `${filename}.${process.versions.v8}`;
  const cachedData = read(kept);
  const text = `(function (module, exports, require) {${fs.readFileSync(filename, 'latin1')}\n})`;
  const script = new vm.Script(text, { filename, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module, module.exports, require);
  // At the end, when what a command calls of it has been compiled.
  if (!cachedData || script.cachedDataRejected) process.once('exit', () => keep(script, kept));
  return module.exports;
}

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

function keep(script, file) {
  try {
    const aside = `${file}.${process.pid}`;
    fs.writeFileSync(aside, script.createCachedData());
    fs.renameSync(aside, file);
  } catch {
    // An install that cannot be written: the next start compiles again.
  }
}
