import { createHash } from 'node:crypto';

/** SHA-256 of what was asked, by which a repeat is known; the order of keys makes no other request. */
export function hashOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content, sortKeys)).digest('base64url');
}

/**
 * As hashOf, for requests whose free fields are text in XML: numbers and flags count as their text, and
 * an empty list, which XML cannot write, as none.
 */
export function hashOfTexts(content: object): string {
  return hashOf(JSON.parse(JSON.stringify(content, asTexts)) as object);
}

/** JSON replacer. */
function asTexts(_: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** JSON replacer. */
function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
