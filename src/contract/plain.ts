import { decimal } from '../domain/amount';
import { complaint, isStorable, NumberText } from './values';

const maxDepth = 32;

type Path = (string | number)[];

/** What cannot be kept of a free object, and where in it. */
class Unfit extends Error {
  constructor(
    readonly path: Path,
    readonly problem: string,
  ) {
    super(problem);
  }
}

/**
 * A free object as plain JSON values, of at most `maxBytes` as JSON text and 32 levels; or what is wrong with
 * it. A number that a double cannot hold exactly is refused rather than changed.
 */
export function plainObject(
  value: unknown,
  maxBytes: number,
): { object: Record<string, unknown> } | { problem: string; path: Path } {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText) {
    return { problem: complaint('an object', value), path: [] };
  }
  try {
    const object = plainEntries(value, []);
    const bytes = Buffer.byteLength(JSON.stringify(object));
    if (bytes <= maxBytes) return { object };
    return { problem: `expected at most ${maxBytes} bytes of JSON, got ${bytes}`, path: [] };
  } catch (error) {
    if (error instanceof Unfit) return { problem: error.problem, path: error.path };
    throw error;
  }
}

function plainEntries(value: object, path: Path): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (!isStorable(key)) throw new Unfit(path, 'expected keys without U+0000 and lone surrogates');
      return [key, plain(item, [...path, key])];
    }),
  );
}

function plain(value: unknown, path: Path): unknown {
  if (path.length > maxDepth) throw new Unfit([], `expected at most ${maxDepth} levels`);
  if (value instanceof NumberText) return exactNumber(value.text, path);
  if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, index]));
  if (typeof value === 'object' && value !== null) return plainEntries(value, path);
  if (typeof value === 'string' && !isStorable(value)) {
    throw new Unfit(path, 'expected text without U+0000 and lone surrogates');
  }
  return value;
}

function exactNumber(text: string, path: Path): number {
  const number = Number(text);
  if (Number.isFinite(number) && decimal(String(number)).equals(decimal(text))) return number;
  throw new Unfit(path, `expected a number that fits a double, or text, got ${text.slice(0, 60)}`);
}
