import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

const STDERR = 2;

/**
 * Does some work, such as loading a library, with nothing of it on stderr: TensorFlow writes two lines there from its static
 * initialisers, before any of its settings can be made. With TF_CPP_MIN_LOG_LEVEL=0 they are shown.
 */
export function quietly<T>(work: () => T): T {
  if (process.env.TF_CPP_MIN_LOG_LEVEL === '0' || process.platform === 'win32') return work();
  const libc = koffi.load(null);
  const dup = libc.func('int dup(int)');
  const dup2 = libc.func('int dup2(int, int)');
  const nowhere = openSync('/dev/null', 'w');
  const kept = dup(STDERR) as number;
  dup2(nowhere, STDERR);
  closeSync(nowhere);
  try {
    return work();
  } finally {
    if (kept === -1) closeSync(STDERR);
    else {
      dup2(kept, STDERR);
      closeSync(kept);
    }
  }
}
