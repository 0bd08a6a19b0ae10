// Loaded by --import before the program: the n-th call of the file system below a folder fails, as a full or broken disk's does.
// FAIL_BELOW: the folder; FAIL_AT: n, from 1 (0: none); FAIL_WITH: the code; FAIL_COUNT: a file that gets the number of calls.
import fs, { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const {
  FAIL_BELOW: below = '/nowhere',
  FAIL_AT,
  FAIL_WITH: code = 'ENOSPC',
  FAIL_COUNT: counter,
} = process.env;
const failAt = Number(FAIL_AT ?? 0);
// Of the program alone: what it starts has a disk that works.
for (const name of ['FAIL_BELOW', 'FAIL_AT', 'FAIL_WITH', 'FAIL_COUNT']) delete process.env[name];
process.execArgv.length = 0;

const write = writeFileSync;
let calls = 0;
/** @type {Set<number>} */
const descriptors = new Set();

function check(call, target) {
  const inside = typeof target === 'number' ? descriptors.has(target) : String(target).startsWith(below);
  if (!inside || ++calls !== failAt) return;
  throw Object.assign(new Error(`${code}: made to fail, ${call} '${String(target)}'`), {
    code,
    errno: -28,
    syscall: call,
  });
}

if (isMainThread) {
  for (const name of [
    ...['openSync', 'writeSync', 'writeFileSync', 'appendFileSync', 'renameSync', 'mkdirSync', 'fsyncSync'],
    ...[
      'ftruncateSync',
      'utimesSync',
      'readSync',
      'readFileSync',
      'readdirSync',
      'rmSync',
      'unlinkSync',
      'linkSync',
    ],
  ]) {
    const real = fs[name];
    fs[name] = (...args) => {
      check(name, args[0]);
      const result = real.apply(fs, args);
      if (name === 'openSync' && String(args[0]).startsWith(below)) descriptors.add(result);
      return result;
    };
  }
  for (const name of [
    'open',
    'writeFile',
    'rename',
    'mkdir',
    'readFile',
    'appendFile',
    'copyFile',
    'rm',
    'unlink',
  ]) {
    const real = fs.promises[name];
    fs.promises[name] = async (...args) => {
      check(name, args[0]);
      return real.apply(fs.promises, args);
    };
  }
  syncBuiltinESMExports();
  process.on('exit', () => counter && write(counter, String(calls)));
}
