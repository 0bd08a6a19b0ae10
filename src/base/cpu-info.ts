import { readFileSync } from 'node:fs';

/** What Linux says of the first processor, such as its `flags` or its `vendor_id`; empty where it says nothing. */
export function cpuInfo(field: 'flags' | 'vendor_id'): string {
  try {
    const found = new RegExp(`^${field}\\s*:(.*)$`, 'm').exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return found?.[1]?.trim() ?? '';
  } catch {
    return '';
  }
}
