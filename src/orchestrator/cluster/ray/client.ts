import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
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

/**
 * The cluster's token and where it is from, as Ray itself looks for it: RAY_AUTH_TOKEN, the file that RAY_AUTH_TOKEN_PATH names, and where
 * RAY_AUTH_MODE asks for one ~/.ray/auth_token. Read anew each time: a file may change.
 */
export function rayToken(
  env: NodeJS.ProcessEnv = process.env,
): { from: string; value: string | undefined } | undefined {
  if (env.RAY_AUTH_TOKEN) return { from: 'RAY_AUTH_TOKEN', value: env.RAY_AUTH_TOKEN.trim() };
  const standard = env.RAY_AUTH_MODE === 'token' ? join(homedir(), '.ray', 'auth_token') : undefined;
  const file = env.RAY_AUTH_TOKEN_PATH || standard;
  if (!file) return undefined;
  try {
    return { from: file, value: readFileSync(file, 'utf8').trim() };
  } catch {
    return { from: file, value: undefined };
  }
}

/** Ray's REST interface. */
export class RayClient {
  calls = 0;

  constructor(readonly address: string) {}

  /** Throws EngineError of the kind `unknown` if nobody answers, or not as Ray does. */
  async request(method: string, path: string, body?: object): Promise<RayAnswer> {
    this.calls++;
    try {
      const { status, text } = await this.send(method, path, body && JSON.stringify(body));
      return { status, text, body: parse(text) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new EngineError('unknown', `Ray at ${this.address}: ${code ?? message}.`);
    }
  }

  /** Not fetch: Ray takes what it sends for a browser's, and refuses it. */
  private send(
    method: string,
    path: string,
    body: string | undefined,
  ): Promise<{ status: number; text: string }> {
    const token = rayToken()?.value;
    const headers = {
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const url = new URL(this.address + path);
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(PATIENCE);
      const begin = url.protocol === 'https:' ? https.request : http.request;
      const request = begin(url, { method, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > LONGEST) request.destroy(new Error('its answer is too long'));
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
