import { createHash } from 'node:crypto';

/** SHA-256 of what was asked, by which a repeat is known; the order of keys makes no other request. */
export function hashOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content, sortKeys)).digest('base64url');
}

/** JSON replacer. */
function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
