import { parse } from 'lossless-json';
import type { Shape } from '../contract/shape';
import { shown } from '../contract/values';
import { Malformed } from './malformed';
import { readNumber } from './scalar';
import { readXml, writeXml } from './xml';

/** From bytes to objects and back: the only place that knows JSON and XML. */

export type Format = 'json' | 'xml';
type Keys = ReadonlyMap<string, Shape>;

/** An honest document has fewer elements than this allows; 1 MiB may have about 50,000. */
const bytesPerElement = 21;

const formats: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

export const contentTypes: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
};

/** The format a Content-Type header names. Throws Malformed for anything but JSON and XML in UTF-8. */
export function formatOf(contentType: string | undefined): Format {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const format = formats[type.trim()];
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/.exec(parameter)?.[1]);
  if (format && charset.every((name) => name === undefined || name === 'utf-8' || name === 'utf8')) {
    return format;
  }
  const expected = Object.keys(formats).join(', ');
  throw new Malformed(
    `Content-Type: expected one of ${expected}, in UTF-8, got ${contentType ? shown(contentType) : 'none'}`,
  );
}

/**
 * Reads a body into an object; `keys` says what is expected where the format itself does not. Numbers that a
 * float might change come as NumberText. Throws Malformed.
 */
export function readBody(
  bytes: Buffer,
  format: Format,
  { keys, maxBytes }: { keys: Keys; maxBytes: number },
): Record<string, unknown> {
  const text = decode(bytes);
  if (text.trim() === '') throw new Malformed('expected a request body, got none');
  return format === 'xml'
    ? readXml(text, { keys, maxElements: Math.ceil(maxBytes / bytesPerElement) }, parseJson)
    : readJson(text);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Malformed('expected a body in UTF-8');
  }
}

function readJson(text: string): Record<string, unknown> {
  const value = parseJson(text);
  const isObject =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!isObject) throw new Malformed('expected a JSON object');
  return value as Record<string, unknown>;
}

/** Refuses a key that is repeated with another value. */
export function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, { parseNumber: readNumber });
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'too many levels';
    throw new Malformed(`malformed JSON: ${reason}`);
  }
}

export function writeBody(object: object, format: Format, keys: Keys): string {
  return format === 'xml' ? writeXml(object, keys) : JSON.stringify(object);
}

/** The parameter `format`; undefined if absent. Throws Malformed for anything but json and xml. */
export function formatWanted(value: unknown): Format | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (value === 'json' || value === 'xml') return value;
  throw new Malformed(`format: expected "json" or "xml", got ${shown(value)}`);
}

/** The format an Accept header prefers, given how Express weighs it; undefined if it does not matter. */
export function formatAccepted(
  accepts: (types: string[]) => string | false,
  own: Format,
): Format | undefined {
  const types = Object.keys(formats);
  const inOrder = [
    ...types.filter((type) => formats[type] === own),
    ...types.filter((type) => formats[type] !== own),
  ];
  const type = accepts(inOrder);
  return type ? formats[type] : undefined;
}
