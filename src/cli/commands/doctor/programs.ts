import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join, resolve } from 'node:path';
import { packageFolder } from '../../../base/folders.ts';
import { isInstalled } from '../../../base/packages.ts';
import { findPython, findUv } from '../../../python/index.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const OLDEST_NODE = [20, 11] as const;

export async function checkProgram(): Promise<Finding> {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  return ok('facecom', `${version} in ${resolve(packageFolder())}`, { version });
}

export async function checkNode(): Promise<Finding> {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const text = `${process.versions.node} on ${platform()} ${arch()}`;
  const details = { version: process.versions.node };
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
    ? ok('node', text, details)
    : fail('node', text, `Install Node ${OLDEST_NODE.join('.')} or newer.`, details);
}

export async function checkPython(): Promise<Finding> {
  const [python, uv] = await Promise.all([findPython(), findUv()]);
  const details = { python: python ?? null, uv: uv ?? null };
  if (!python && !uv) {
    return warn(
      'python',
      'no Python 3.9 or newer with venv or pip, and no uv: TensorFlow and MLflow cannot be set up',
      'Install Python with venv and pip (Debian, Ubuntu: apt install python3-venv python3-pip), or uv.',
      details,
    );
  }
  const parts = [...(python ? [`${python.version} (${python.path})`] : []), ...(uv ? [`uv ${uv}`] : [])];
  if (!uv && !python!.venv) {
    return warn(
      'python',
      `${parts.join(', ')} cannot make virtual environments: MLflow cannot be set up`,
      'Install venv (Debian, Ubuntu: apt install python3-venv), or uv.',
      details,
    );
  }
  return ok('python', parts.join(', '), details);
}

export async function checkWasm(): Promise<Finding> {
  return isInstalled('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')
    ? ok('wasm', 'the backend for machines without native TensorFlow is there')
    : fail(
        'wasm',
        'the package of the wasm backend is not complete',
        'Install facecom again (in a checkout: `npm ci`).',
      );
}

export async function checkWebgpu(): Promise<Finding> {
  // An optional peer: nobody misses it who does not ask for its backend.
  return ok(
    'webgpu',
    isInstalled('webgpu')
      ? 'the package webgpu is there; resources.backend webgpu uses it'
      : 'the package webgpu is not installed; only resources.backend webgpu needs it (`npm install webgpu` beside facecom, 132 MB)',
  );
}
