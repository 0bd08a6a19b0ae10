import koffi from 'koffi';

let declared: ReturnType<typeof declare> | undefined;

function declare() {
  const lib = koffi.load(null);
  return {
    mmap: lib.func('mmap', 'int64_t', ['void*', 'size_t', 'int', 'int', 'int', 'int64_t']),
    munmap: lib.func('munmap', 'int', ['void*', 'size_t']),
    madvise: lib.func('madvise', 'int', ['void*', 'size_t', 'int']),
    flock: lib.func('flock', 'int', ['int', 'int']),
  };
}

/** The functions of the C library that the engine calls, declared once a process. */
export function libc(): ReturnType<typeof declare> {
  declared ??= declare();
  return declared;
}
