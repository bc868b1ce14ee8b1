import { decimal } from './amount';
import type { Field, FieldType } from './catalog';
import type { Fact, Facts, FactType, FactTypes } from './condition';
import { systemFields } from './profile';

/** What conditions can ask of a profile: its fields, and of its dates how long ago they were. */

/** A profile as it is stored: custom and system fields together, by name. */
export interface ProfileRecord {
  readonly profile_id: string;
  readonly email: string | null;
  readonly phones: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Today for those who are asked about: "2026-03-01" in `timezone`. */
export interface Today {
  readonly day: string;
  readonly timezone: string;
}

type Kind = Pick<Field, 'name' | 'type'>;

const factTypes: Record<FieldType, FactType> = {
  string: 'text',
  int: 'number',
  float: 'number',
  bool: 'flag',
  date: 'time',
  datetime: 'time',
  enum: 'text',
  tags: 'texts',
  ip: 'text',
};

/**
 * What can be asked of the profiles of a database: email, phones, built-in and custom fields by name; and of
 * each date full `.years` and `.days` since, `.days_to_anniversary` and `.days_since_anniversary`, which are
 * 0 on the day itself.
 */
export function profileFactTypes(fields: Iterable<Kind>): FactTypes {
  const types = new Map<string, FactType>([
    ['email', 'text'],
    ['phones', 'texts'],
  ]);
  for (const { name, type } of [...systemKinds, ...fields]) {
    types.set(name, factTypes[type]);
    if (factTypes[type] !== 'time') continue;
    for (const part of Object.keys(dateParts)) types.set(`${name}.${part}`, 'number');
  }
  return types;
}

const systemKinds: Kind[] = [...systemFields].map(([name, { type }]) => ({ name, type }));

/** Everything that is known of a profile, under the names of profileFactTypes. */
export function profileFacts(profile: ProfileRecord, types: FactTypes, today: Today): Facts {
  return pickFacts(profile, types.keys(), today);
}

/** Of what is known of a profile, the facts of these names. */
export function pickFacts(profile: ProfileRecord, names: Iterable<string>, today: Today): Facts {
  const facts: Record<string, Fact> = {};
  for (const name of names) facts[name] = factOf(profile, name, today);
  return facts;
}

function factOf({ email, phones, fields }: ProfileRecord, name: string, today: Today): Fact {
  if (name === 'email') return email;
  if (name === 'phones') return phones;
  const [field = '', part] = name.split('.');
  const value = Object.hasOwn(fields, field) ? fields[field] : null;
  if (part !== undefined) return typeof value === 'string' ? datePart(value, part, today) : null;
  if (typeof value !== 'number') return value as Fact;
  const text = String(value);
  return text.includes('e') ? decimal(text).toFixed() : value;
}

interface Day {
  year: number;
  month: number;
  day: number;
}

const dateParts: Readonly<Record<string, (then: Day, now: Day) => number>> = {
  years: (then, now) => now.year - then.year - (positionInYear(now) < positionInYear(then) ? 1 : 0),
  days: (then, now) => dayNumber(now) - dayNumber(then),
  days_to_anniversary: (then, now) => {
    const thisYear = anniversary(then, now.year) - dayNumber(now);
    return thisYear >= 0 ? thisYear : anniversary(then, now.year + 1) - dayNumber(now);
  },
  days_since_anniversary: (then, now) => {
    const thisYear = dayNumber(now) - anniversary(then, now.year);
    return thisYear >= 0 ? thisYear : dayNumber(now) - anniversary(then, now.year - 1);
  },
};

/** A date is stored as midnight UTC, and is that day everywhere; another time is a day of the time zone. */
function datePart(stored: string, part: string, { day, timezone }: Today): number | null {
  const then = readDay(stored.endsWith('T00:00:00.000Z') ? stored : dayIn(timezone, stored));
  const now = readDay(day);
  return then && now ? (dateParts[part]?.(then, now) ?? null) : null;
}

function readDay(text: string): Day | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  return year ? { year: Number(year), month: Number(month), day: Number(day) } : undefined;
}

function positionInYear({ month, day }: Day): number {
  return month * 100 + day;
}

function dayNumber({ year, month, day }: Day): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** Of 29 February in other years: 1 March. */
function anniversary({ month, day }: Day, year: number): number {
  return dayNumber({ year, month, day });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day, such as "2026-03-01", that a moment (RFC 3339) belongs to in a time zone. */
export function dayIn(timezone: string, moment: string): string {
  let format = formats.get(timezone);
  if (!format) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('sv', { timeZone: timezone, ...parts });
    formats.set(timezone, format);
  }
  return format.format(new Date(moment));
}
