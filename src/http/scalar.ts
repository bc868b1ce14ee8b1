import type { LeafKind } from '../contract/fields';
import { NumberText } from '../contract/values';

/** A number as it was written: a JavaScript number only if nothing can be lost. */
export function readNumber(text: string): number | NumberText {
  const number = Number(text);
  return /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : new NumberText(text);
}

/**
 * Text where the format knows nothing else (XML, a URL) as the field wants it. What does not fit stays text,
 * so that the field itself says what it expected.
 */
export function readScalar(text: string, kind: LeafKind): string | number | boolean {
  if (kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind !== 'integer') return text;
  const number = readNumber(text);
  return number instanceof NumberText ? text : number;
}
