// Node's types do not declare it, and the browser's declare far more.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

interface Memory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A kernel's functions and its memory, of which `bytes` views the whole. */
export interface Opened<Functions> {
  run: Functions;
  bytes: Uint8Array;
}

/**
 * Opens an assembled kernel (base64) at its first use. The returned function gives it with at least the given number of bytes of
 * memory; what it gave before must not be used after a call that asks for more.
 */
export function kernel<Functions>(wasm: string): (bytes: number) => Opened<Functions> {
  let opened: (Opened<Functions> & { memory: Memory }) | undefined;
  return (bytes) => {
    if (!opened) {
      const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
      const run = new WebAssembly.Instance(module).exports as Functions & { memory: Memory };
      opened = { run, memory: run.memory, bytes: new Uint8Array(run.memory.buffer) };
    }
    const missing = bytes - opened.bytes.length;
    if (missing > 0) {
      opened.memory.grow(Math.ceil(missing / 65536));
      opened.bytes = new Uint8Array(opened.memory.buffer);
    }
    return opened;
  };
}
