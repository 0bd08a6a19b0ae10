import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/** Where browsers bring SwiftShader, a Vulkan driver that computes on the CPU, and a Vulkan loader. */
const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

const found = folders.find((folder) =>
  ['libvk_swiftshader.so', 'vk_swiftshader_icd.json', 'libvulkan.so.1'].every((name) =>
    existsSync(join(folder, name)),
  ),
);

/** For `{ skip }` of a test of the WebGPU backend: false if it can run on any machine's CPU, else why it is left out. */
export const withoutSwiftShader: string | false = !hasDawn()
  ? 'the optional package webgpu is not installed'
  : found === undefined && `no SwiftShader in ${folders.join(', ')}: install chromium`;

/** Variables with which a process finds SwiftShader as its only Vulkan driver; read by the loader as the process starts. */
export function swiftShaderVariables(): Record<string, string> {
  const { LD_LIBRARY_PATH } = process.env;
  const icd = join(found!, 'vk_swiftshader_icd.json');
  return {
    LD_LIBRARY_PATH: [found!, ...(LD_LIBRARY_PATH ? [LD_LIBRARY_PATH] : [])].join(delimiter),
    // The second name is that of loaders from 1.3.207 on.
    VK_ICD_FILENAMES: icd,
    VK_DRIVER_FILES: icd,
  };
}

function hasDawn(): boolean {
  try {
    createRequire(import.meta.url).resolve('webgpu');
    return true;
  } catch {
    return false;
  }
}
