import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const WHEEL = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';

/** A package index whose only wheel never ends: its first bytes come, and then nothing. Returns pip's environment for it. */
export async function slowIndex(
  t: TestContext,
): Promise<{ env: Record<string, string>; asked: Promise<void> }> {
  let started = () => {};
  const asked = new Promise<void>((resolve) => {
    started = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.whl')) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': 274_000_000 });
      response.write(Buffer.alloc(1 << 20));
      started();
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!DOCTYPE html><html><body><a href="/files/${WHEEL}">${WHEEL}</a></body></html>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, env: { ...withoutIndex, PIP_INDEX_URL: `http://127.0.0.1:${port}/simple/` } };
}

/** A package index on loopback that offers the wheels of a folder, whatever package is asked for. Returns pip's environment for it. */
export async function indexOf(t: TestContext, folder: string): Promise<Record<string, string>> {
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(request.url ?? '');
    const wheels = readdirSync(folder).filter((name) => name.endsWith('.whl'));
    const file = wheels.find((name) => asked.endsWith(`/${name}`));
    if (file) response.end(readFileSync(join(folder, file)));
    else {
      const name = asked.split('/').filter(Boolean).at(-1)!.replaceAll('-', '_');
      const links = wheels
        .filter((wheel) => wheel.startsWith(`${name}-`))
        .map((wheel) => `<a href="/files/${wheel}">${wheel}</a>`);
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!DOCTYPE html><html><body>${links.join('')}</body></html>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { ...withoutIndex, PIP_INDEX_URL: `http://127.0.0.1:${port}/simple/` };
}

/** Settings of pip that must not reach a test's. */
const withoutIndex = {
  PIP_CONFIG_FILE: '/dev/null',
  PIP_FIND_LINKS: '',
  PIP_EXTRA_INDEX_URL: '',
  PIP_NO_INDEX: '0',
};

/** pip's environment where wheels come from a folder only. */
export const folderIndex = (folder: string): Record<string, string> => ({
  ...withoutIndex,
  PIP_NO_INDEX: '1',
  PIP_FIND_LINKS: folder,
});
