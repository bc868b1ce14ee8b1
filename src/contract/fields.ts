import { z } from 'zod';
import { type Condition, readCondition } from '../domain/condition';
import { normalizeEmail, normalizePhone } from '../domain/contact';
import { plainObject } from './plain';
import { check, problemsText } from './problems';
import { complaint, isStorable, NumberText } from './values';

/**
 * What a format needs to know of a field. `scalar` is text or a number; `json` is a free object that XML
 * writes as JSON text, `free` one that XML writes as elements.
 */
export type LeafKind = 'text' | 'integer' | 'flag' | 'scalar' | 'json' | 'free';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Leaf {
  kind: LeafKind;
  schema: JsonSchema;
}

/** Kind and JSON Schema of every field made here. */
export const leaves = z.registry<Leaf>();

/** A field: reads whatever came, gives T, or says what was expected. */
export type Field<T> = z.ZodPipe<z.ZodUnknown, z.ZodTransform<T, unknown>>;

function leaf<T>(
  kind: LeafKind,
  schema: JsonSchema,
  expected: string,
  read: (value: unknown) => T | undefined,
): Field<T> {
  const field = z.unknown().transform((value, context): T => {
    const result = value === undefined || value === null ? undefined : read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: complaint(expected, value), input: value });
    return z.NEVER;
  });
  leaves.add(field, { kind, schema });
  return field;
}

/** Text of `min` (default 1) to `maxLength` characters, taken as it is. */
export function text(maxLength: number, { min = 1 }: { min?: 0 | 1 } = {}): Field<string> {
  const schema = { type: 'string', minLength: min, maxLength };
  return leaf('text', schema, `text of ${min} to ${maxLength} characters`, (value) => {
    const fits = typeof value === 'string' && value.length >= min && value.length <= maxLength;
    return fits && isStorable(value) ? value : undefined;
  });
}

/** One of the given words. */
export function choice<const W extends string>(words: readonly W[]): Field<W> {
  const expected = `one of ${words.map((word) => `"${word}"`).join(', ')}`;
  return leaf('text', { type: 'string', enum: [...words] }, expected, (value) =>
    words.find((word) => word === value),
  );
}

/** A whole number; the bounds default to those of a Postgres int from 0. */
export function integer({
  min = 0,
  max = 2_147_483_647,
}: {
  min?: number;
  max?: number;
} = {}): Field<number> {
  const schema = { type: 'integer', minimum: min, maximum: max };
  return leaf('integer', schema, `an integer from ${min} to ${max}`, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
  );
}

/** A whole number from 1, as a number or as text of digits (C-18). */
export function numericId(): Field<number> {
  const schema = { type: ['integer', 'string'], pattern: '^\\d{1,10}$', minimum: 1 };
  return leaf('integer', schema, 'an integer from 1 to 2147483647', (value) => {
    const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
    const fits = typeof number === 'number' && Number.isInteger(number);
    return fits && number >= 1 && number <= 2_147_483_647 ? number : undefined;
  });
}

/** true or false. */
export function flag(): Field<boolean> {
  return leaf('flag', { type: 'boolean' }, 'true or false', (value) =>
    typeof value === 'boolean' ? value : undefined,
  );
}

/**
 * A decimal string without sign, of up to 20 digits before and 20 after the point, above zero unless `zero`
 * is allowed; a JSON number is taken from its text. Gives it without needless zeros: "0100.50" → "100.5".
 */
export function amount({ zero = false }: { zero?: boolean } = {}): Field<string> {
  const schema = { type: 'string', pattern: '^\\d{1,20}(\\.\\d{1,20})?$', examples: ['100.50'] };
  const expected = `a ${zero ? '' : 'positive '}decimal string such as "100.50"`;
  return leaf('text', schema, expected, (value) => {
    const digits = readDecimal(value);
    return digits === '0' && !zero ? undefined : digits;
  });
}

function readDecimal(value: unknown): string | undefined {
  const written =
    value instanceof NumberText ? value.text : typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string') return undefined;
  const match = /^0*(\d{1,20})(?:\.(\d{1,20}))?$/.exec(written);
  if (!match || written.length > 60) return undefined;
  const fraction = match[2]?.replace(/0+$/, '');
  return fraction ? `${match[1]}.${fraction}` : match[1];
}

/** As `amount`, zero allowed, or the word "max". */
export function amountOrMax(): Field<string> {
  const schema = { type: 'string', pattern: '^(max|\\d{1,20}(\\.\\d{1,20})?)$', examples: ['100', 'max'] };
  return leaf('text', schema, 'a decimal string such as "100.50", or "max"', (value) =>
    value === 'max' ? value : readDecimal(value),
  );
}

/** Points or money in an answer: a decimal string, below zero only where a program allows debts. */
export function points(): Field<string> {
  const schema = { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$', examples: ['399.50'] };
  return leaf('text', schema, 'a decimal string', (value) =>
    typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? value : undefined,
  );
}

/** RFC 3339 with any offset. Gives UTC with Z, to the microsecond at most: "2025-03-01T08:00:00Z". */
export function timestamp(): Field<string> {
  const schema = { type: 'string', format: 'date-time' };
  return leaf('text', schema, 'an RFC 3339 time such as "2025-03-01T08:00:00Z"', (value) =>
    typeof value === 'string' ? toUtc(value) : undefined,
  );
}

const time = '([01]\\d|2[0-3]):([0-5]\\d)';
const rfc3339 = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d)[Tt]${time}:[0-5]\\d(?:\\.(?<fraction>\\d+))?(?:[Zz]|[+-]${time})$`,
);

/** A time of the market: as timestamp, or "2006-01-25" or "2006-01-25 15:04:05" in UTC. */
export function marketTime(): Field<string> {
  const schema = { type: 'string', examples: ['2025-02-01T08:00:00Z'] };
  const expected = 'a time such as "2025-03-01T08:00:00Z", "2025-03-01" or "2025-03-01 08:00:00"';
  return leaf('text', schema, expected, (value) => {
    if (typeof value !== 'string') return undefined;
    const [, day, clock = '00:00:00'] = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d))?$/.exec(value) ?? [];
    return toUtc(day === undefined ? value : `${day}T${clock}Z`);
  });
}

function toUtc(written: string): string | undefined {
  const match = rfc3339.exec(written);
  if (!match?.[1]) return undefined;
  const day = new Date(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(match[1])) return undefined;
  const utc = new Date(written.toUpperCase().replace(/\.\d+/, '')).toISOString();
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined;
  const fraction = match.groups?.fraction?.slice(0, 6).replace(/0+$/, '');
  return utc.replace('.000Z', fraction ? `.${fraction}Z` : 'Z');
}

/** A day of every year, MM-DD, or of one year, YYYY-MM-DD. */
export function calendarDay(): Field<string> {
  const schema = { type: 'string', pattern: '^(\\d{4}-)?\\d{2}-\\d{2}$', examples: ['12-31'] };
  return leaf('text', schema, 'a day such as "12-31" or "2026-12-31"', (value) => {
    const match = typeof value === 'string' ? /^(?:(\d{4})-)?(\d\d-\d\d)$/.exec(value) : null;
    return match && toUtc(`${match[1] ?? '2000'}-${match[2]}T00:00:00Z`) ? match[0] : undefined;
  });
}

/** A time of the day, such as "03:30". */
export function timeOfDay(): Field<string> {
  const schema = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['03:30'] };
  return leaf('text', schema, 'a time of the day such as "03:30"', (value) =>
    typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : undefined,
  );
}

/** A day of the calendar, such as "2025-03-01". */
export function day(): Field<string> {
  const schema = { type: 'string', format: 'date' };
  return leaf('text', schema, 'a day such as "2025-03-01"', (value) => {
    const isDay = typeof value === 'string' && /^[1-9]\d{3}-\d\d-\d\d$/.test(value);
    return isDay && toUtc(`${value}T00:00:00Z`) !== undefined ? value : undefined;
  });
}

/** An e-mail address; gives it trimmed and lower-cased. */
export function email(): Field<string> {
  const schema = { type: 'string', maxLength: 320, examples: ['ann@example.com'] };
  return leaf('text', schema, 'an e-mail address', (value) =>
    typeof value === 'string' && isStorable(value) ? normalizeEmail(value) : undefined,
  );
}

/** An international phone number; gives + and digits. */
export function phone(): Field<string> {
  const schema = { type: 'string', maxLength: 32, examples: ['+12025550101'] };
  return leaf('text', schema, 'an international phone number such as "+12025550101"', (value) =>
    typeof value === 'string' ? normalizePhone(value) : undefined,
  );
}

/** A key of an answer that is there and always null. */
export function nothing() {
  const field = z.null();
  leaves.add(field, { kind: 'text', schema: { type: 'null' } });
  return field;
}

/** An id of ours or the caller's: opaque text, never checked for form (C-11). */
export function opaqueId(): Field<string> {
  return text(255);
}

/** An integer or text, such as the value of a custom field; text in XML, and where a double is too short. */
export function fieldValue(): Field<string | number> {
  const schema = { type: ['string', 'integer'], maxLength: 1000 };
  return leaf('scalar', schema, 'text of 1 to 1000 characters or an integer', (value) => {
    if (typeof value === 'number') return value;
    if (value instanceof NumberText && /^-?\d{1,1000}$/.test(value.text)) return value.text;
    const fits = typeof value === 'string' && value.length >= 1 && value.length <= 1000;
    return fits && isStorable(value) ? value : undefined;
  });
}

/** Text, a number or a boolean, as the value of a custom field of the market; numbers keep their text. */
export function plainValue(): Field<string | number | boolean> {
  const schema = { type: ['string', 'number', 'boolean'], maxLength: 4000 };
  return leaf('scalar', schema, 'text of at most 4000 characters, a number, true or false', readPlain);
}

function readPlain(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof NumberText) return value.text;
  return typeof value === 'string' && value.length <= 4_000 && isStorable(value) ? value : undefined;
}

/** An object of whole numbers whose keys the caller chooses; numbers may come as text. */
export function numbersByName(): Field<Record<string, number>> {
  const schema = { type: 'object', additionalProperties: { type: 'integer' } };
  return leaf('free', schema, 'an object of whole numbers by name', readNumbers);
}

function readNumbers(value: unknown): Record<string, number> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, readWhole(item)] as const);
  const fit = entries.every(([key, item]) => item !== undefined && key.length <= 255 && isStorable(key));
  return fit && entries.length <= 1_000 ? (Object.fromEntries(entries) as Record<string, number>) : undefined;
}

/** An object of texts of 1 to `longest` characters whose keys the caller chooses, at most `most` of them. */
export function textsByName(most: number, longest: number): Field<Record<string, string>> {
  const schema = { type: 'object', additionalProperties: { type: 'string' }, maxProperties: most };
  const fits = (text: unknown) =>
    typeof text === 'string' && text !== '' && text.length <= longest && isStorable(text);
  const expected = `an object of at most ${most} texts by name, each of 1 to ${longest} characters`;
  return leaf('json', schema, expected, (value) => {
    if (typeof value !== 'object' || Array.isArray(value) || value instanceof NumberText) return undefined;
    const entries = Object.entries(value ?? {});
    const areFit = entries.every((entry) => entry.every(fits));
    return areFit && entries.length <= most ? Object.fromEntries(entries) : undefined;
  });
}

function readWhole(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  const isWhole = typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31;
  return isWhole ? number : undefined;
}

/** As plainValue or numbersByName, for samples that put the values of an enum where its default belongs. */
export function plainOrNumbers(): Field<string | number | boolean | Record<string, number>> {
  const schema = { type: ['string', 'number', 'boolean', 'object'] };
  return leaf('free', schema, 'text of at most 4000 characters, a number, true or false', (value) =>
    typeof value === 'object' && !(value instanceof NumberText) ? readNumbers(value) : readPlain(value),
  );
}

/** A key that is read, as `field`, by the block it belongs to, and only if that block needs it. */
export function unread(field: Field<unknown>) {
  const { kind, schema } = leaves.get(field) ?? { kind: 'text', schema: {} };
  const raw = z.unknown().optional();
  leaves.add(raw, { kind, schema });
  return raw;
}

/** Any JSON object of at most 64 KiB as JSON; in XML it is JSON text, or elements on the way in. */
export function jsonObject(): Field<Record<string, unknown>> {
  return freeObject('json', 65_536);
}

/** An object whose keys the caller chooses, such as a profile's fields; in XML it is elements both ways. */
export function freeFields(): Field<Record<string, unknown>> {
  return freeObject('free', 1_048_576);
}

function freeObject(kind: 'json' | 'free', maxBytes: number): Field<Record<string, unknown>> {
  const schema = { type: 'object', additionalProperties: true };
  const field = z.unknown().transform((value, context): Record<string, unknown> => {
    const result = plainObject(value, maxBytes);
    if ('object' in result) return result.object;
    context.addIssue({ code: 'custom', message: result.problem, path: result.path, input: value });
    return z.NEVER;
  });
  leaves.add(field, { kind, schema });
  return field;
}

/**
 * A condition of domain/condition, at most 64 KiB as JSON. Only its form is read here: which fields there are
 * to ask about depends on what it is asked of.
 */
export function condition(): Field<Condition> {
  const schema = {
    type: 'object',
    additionalProperties: true,
    examples: [{ all: [{ field: 'total', operator: 'gte', value: '100.00' }] }],
  };
  const field = z.unknown().transform((value, context): Condition => {
    const plain = plainObject(value, 65_536);
    const read = 'object' in plain ? readCondition(plain.object) : plain;
    if (!('problem' in read)) return read;
    context.addIssue({ code: 'custom', message: read.problem, path: read.path, input: value });
    return z.NEVER;
  });
  leaves.add(field, { kind: 'json', schema });
  return field;
}

/** An object with exactly these keys; others are ignored (G-37). */
export function object<F extends z.ZodRawShape>(fields: F) {
  return z.object(fields, { error: (issue) => complaint('an object', issue.input) });
}

/** Schemas that are checked item by item, with what an item is checked against. */
export const deferred = new WeakMap<z.ZodType, z.ZodType>();

/** What an item came to: its value, or what is wrong with it; and the item as it was. */
export type Checked<T> = { value: T } | { problem: string; item: unknown };

/** An item of a list that does not spoil its neighbours: read by `of`, or what is wrong with it. */
export function checkedByItself<S extends z.ZodType>(of: S) {
  const item = z.unknown().transform((value): Checked<z.output<S>> => {
    const result = check(of, value);
    return 'value' in result ? result : { problem: problemsText(result.problems), item: value };
  });
  deferred.set(item, of);
  return item;
}

/** A field of something that may be there: undefined stays, null and an empty XML element remove it. */
export function removable<F extends z.ZodType>(field: F) {
  return field.nullable().optional();
}

/** A list; `min` and `max` bound its length. */
export function list<F extends z.ZodType>(of: F, { min, max }: { min?: number; max?: number } = {}) {
  let schema = z.array(of, { error: (issue) => complaint('a list', issue.input) });
  const got = ({ input }: { input?: unknown }) => (input as unknown[]).length;
  if (min !== undefined) {
    schema = schema.min(min, { error: (issue) => `expected at least ${min} of them, got ${got(issue)}` });
  }
  if (max !== undefined) {
    schema = schema.max(max, { error: (issue) => `expected at most ${max} of them, got ${got(issue)}` });
  }
  return schema;
}

/** Schemas that take null for "left out": documents need not mention it at every field. */
export const lenient = z.registry<{ isLenient: true }>();

/** A field that may be left out: absent, null and an empty XML element all give undefined. */
export function optional<F extends z.ZodType>(field: F) {
  const orNull = field.nullable();
  lenient.add(orNull, { isLenient: true });
  return orNull.optional().transform((value) => value ?? undefined);
}

/** A field of an answer that may be null; in XML an empty element. */
export function nullable<F extends z.ZodType>(field: F) {
  return field.nullable();
}
