import { z } from 'zod';
import { decimal } from '../amount';
import { type Condition, readCondition } from '../condition';

/** The arguments of conditions and effects; their JSON Schemas are the management API's form. */

function argument<T>(schema: z.core.GlobalMeta, expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = value === undefined || value === null ? undefined : read(value);
      if (result !== undefined) return result;
      const isMissing = value === undefined || value === null;
      const got = JSON.stringify(value)?.slice(0, 60);
      context.addIssue({
        code: 'custom',
        message: isMissing ? 'is required' : `expected ${expected}, got ${got}`,
        input: value,
      });
      return z.NEVER;
    })
    .meta(schema);
}

/** May be left out, also as null: then it is null. */
export function optionally<T extends z.ZodType>(of: T) {
  return z.preprocess((value) => value ?? undefined, of.optional()).transform((value) => value ?? null);
}

/** May be left out: then it is the default. */
export function byDefault<T extends z.ZodType>(of: T, value: z.output<T>) {
  return z.preprocess((it) => it ?? undefined, of.optional()).transform((it) => it ?? value);
}

const digits = /^\d{1,18}(\.\d{1,4})?$/;

function decimalArgument(
  scale: number,
  expected: string,
  fits: (value: ReturnType<typeof decimal>) => boolean,
) {
  const schema = {
    type: ['string', 'number'] as ('string' | 'number')[],
    pattern: '^\\d{1,18}(\\.\\d{1,4})?$',
  };
  return argument(schema, expected, (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || !digits.test(text)) return undefined;
    const number = decimal(text);
    return number.decimalPlaces() <= scale && fits(number) ? number.toFixed() : undefined;
  });
}

/** Money in major units, above zero: "100.50". */
export const money = () =>
  decimalArgument(2, 'a positive amount such as "100.50"', (value) => value.greaterThan(0));

/** Money in major units, or nothing: "0". */
export const moneyOrZero = () => decimalArgument(2, 'an amount such as "100.50"', () => true);

/** Points, above zero; how many decimals there may be is the currency's. */
export const pointsAmount = () =>
  decimalArgument(4, 'a positive number of points such as "10"', (value) => value.greaterThan(0));

/** A share of at most 100, with two decimals: "12.5". */
export const percent = () =>
  decimalArgument(
    2,
    'a percentage above 0 and up to 100, such as "12.5"',
    (value) => value.greaterThan(0) && value.lessThanOrEqualTo(100),
  );

/** A percentage that may exceed 100: cashback of 150 %. */
export const ratePercent = () =>
  decimalArgument(
    2,
    'a percentage above 0 and up to 1000',
    (value) => value.greaterThan(0) && value.lessThanOrEqualTo(1000),
  );

/** A whole number from 1. */
export const count = (max = 1_000_000) =>
  argument({ type: 'integer', minimum: 1, maximum: max }, `a whole number from 1 to ${max}`, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max ? value : undefined,
  );

export const flag = () =>
  argument({ type: 'boolean' }, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));

/** An external id, or other short text. */
export const name = () =>
  argument({ type: 'string', minLength: 1, maxLength: 255 }, 'text of 1 to 255 characters', (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= 255 ? value : undefined,
  );

export const names = (most = 10_000) =>
  z.array(name(), { error: 'expected a list' }).min(1, 'expected at least one').max(most);

export function choice<const W extends string>(words: readonly W[]) {
  const expected = `one of ${words.map((word) => `"${word}"`).join(', ')}`;
  return argument({ type: 'string', enum: [...words] }, expected, (value) =>
    words.find((word) => word === value),
  );
}

/** Time of day in the program's zone: "09:30". */
export const timeOfDay = () =>
  argument({ type: 'string', pattern: '^\\d\\d:\\d\\d$' }, 'a time of day such as "09:30"', (value) =>
    typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : undefined,
  );

/** A condition of domain/condition, of which only the form is read here. */
export const condition = () =>
  z
    .unknown()
    .transform((value, context): Condition => {
      const read = readCondition(value);
      if (!('problem' in read)) return read;
      context.addIssue({ code: 'custom', message: read.problem, path: read.path, input: value });
      return z.NEVER;
    })
    .meta({ type: 'object', additionalProperties: true });
