import { createHash } from 'node:crypto';

const longestBytes = 500;

/** The form in which a value is looked up: itself, or its hash where it would not fit an index entry. */
export function profileKey(value: string): string {
  if (Buffer.byteLength(value) <= longestBytes) return value;
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
