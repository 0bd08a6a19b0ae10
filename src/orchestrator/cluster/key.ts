import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for what is submitted at once that no other submission has: of whom it is, from where, and a nonce. */
export function newKey(label: string): string {
  const host = hostname().split('.')[0]!;
  const clean = (text: string, longest: number) => text.replace(/[^\w-]+/g, '-').slice(0, longest);
  return `fc-${clean(label, 60)}-${clean(host, 20)}-${randomBytes(6).toString('hex')}`;
}
