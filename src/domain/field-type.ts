import { z } from 'zod';
import type { FieldType } from './catalog';

/**
 * A profile field's value as it is stored: dates are RFC 3339 UTC with milliseconds, tags a list without
 * doubles.
 */
export type FieldValue = string | number | boolean | readonly string[];

interface FieldKind {
  /** What a client is told when the value does not fit. */
  expected: string;
  /** The value as stored; undefined if it does not fit. Numbers may come as text: XML knows nothing else. */
  read(value: unknown): FieldValue | undefined;
}

const longestText = 4_000;
const longestTag = 255;
const mostTags = 1_000;

/** How each type of field is read; an enum takes one of `enumValues`. */
export function fieldKind(type: FieldType, enumValues: readonly string[] | null): FieldKind {
  if (type !== 'enum') return kinds[type];
  const words = enumValues ?? [];
  return {
    expected: words.map((word) => `"${word}"`).join(' or '),
    read: (value) => words.find((word) => word === asText(value)),
  };
}

/** The texts a stored value is found by: one, or one for each tag. */
export function keyTexts(value: FieldValue): readonly string[] {
  return typeof value === 'object' ? value : [String(value)];
}

const kinds: Record<Exclude<FieldType, 'enum'>, FieldKind> = {
  string: { expected: `text of at most ${longestText} characters`, read: readText },
  int: { expected: 'a whole number', read: readInt },
  float: { expected: 'a number', read: readFloat },
  bool: { expected: 'true or false', read: readBool },
  date: { expected: 'a date such as "2001-12-31", or a time with offset', read: readTime },
  datetime: { expected: 'a time such as "2001-12-31T10:00:00+03:00", or a date', read: readTime },
  tags: { expected: 'tags: a list of texts, or one text with commas', read: readTags },
  ip: { expected: 'an IP address', read: readIp },
};

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function readText(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && text.length <= longestText && isStorable(text) ? text : undefined;
}

/** Postgres refuses U+0000, and half a surrogate pair cannot be written as UTF-8. */
function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

function readInt(value: unknown): number | undefined {
  const text = asText(value)?.trim() ?? '';
  const number = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number || 0 : undefined;
}

function readFloat(value: unknown): number | undefined {
  const text = asText(value)?.trim() ?? '';
  const number = Number(text);
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(number) ? number || 0 : undefined;
}

function readBool(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = asText(value)?.trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

const dateOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

function readTime(value: unknown): string | undefined {
  const parsed = dateOrTime.safeParse(typeof value === 'string' ? value.trim() : undefined);
  return parsed.success ? new Date(parsed.data).toISOString() : undefined;
}

function readTags(value: unknown): readonly string[] | undefined {
  const parts = Array.isArray(value) ? value.map(asText) : asText(value)?.split(',');
  if (!parts?.every((part) => part !== undefined)) return undefined;
  const tags = [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))];
  const fit = tags.every((tag) => tag.length <= longestTag && !tag.includes(',') && isStorable(tag));
  return fit && tags.length <= mostTags ? tags : undefined;
}

function readIp(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  if (z.ipv4().safeParse(text).success) return text;
  return z.ipv6().safeParse(text).success ? new URL(`http://[${text}]`).hostname.slice(1, -1) : undefined;
}
