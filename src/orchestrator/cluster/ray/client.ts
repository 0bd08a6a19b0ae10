import { EngineError } from '../engine.ts';

export interface RayAnswer {
  status: number;
  body: unknown;
  text: string;
}

const PATIENCE = 30_000; // ms
/** Bytes; the list of ten thousand jobs has about ten million. */
const LONGEST = 256 << 20;

/** The dashboard's address: of the spec, else of Ray's variables (`ray://` and `auto` name no dashboard), else of this machine. */
export function rayAddress(given?: string, env: NodeJS.ProcessEnv = process.env): string {
  const found = [given, env.RAY_API_SERVER_ADDRESS, env.RAY_ADDRESS].find((address) =>
    /^https?:\/\//.test(address ?? ''),
  );
  return (found ?? 'http://127.0.0.1:8265').replace(/\/+$/, '');
}

/** Ray's REST interface. */
export class RayClient {
  calls = 0;

  constructor(readonly address: string) {}

  /** Throws EngineError of the kind `unknown` if nobody answers, or not as Ray does. */
  async request(method: string, path: string, body?: object): Promise<RayAnswer> {
    this.calls++;
    const token = process.env.RAY_AUTH_TOKEN;
    try {
      const response = await fetch(this.address + path, {
        method,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        // A token is for this address alone.
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await readText(response);
      return { status: response.status, text, body: parse(text) };
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
      const why = cause?.code ?? cause?.message ?? message;
      throw new EngineError('unknown', `Ray at ${this.address}: ${why}.`);
    }
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LONGEST) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
