import type { Database, FieldType } from './catalog';
import { normalizeEmail, normalizePhone } from './contact';
import { type FieldValue, fieldKind, keyTexts } from './field-type';
import { type Refusal, refuse } from './refusal';

/** What an import does to a profile. Fields it does not mention stay as they are. */
export interface ProfileChange {
  /** Absent: stays. null: removed. */
  readonly email?: string | null;
  /** Absent: stay. Empty: removed. */
  readonly phones?: readonly string[];
  readonly set: Readonly<Record<string, FieldValue>>;
  readonly removed: readonly string[];
}

/** The values one field of a profile is found by from now on. */
export interface ProfileKeys {
  readonly field: string;
  readonly values: readonly string[];
  readonly isUnique: boolean;
}

type Description = { type: FieldType; enumValues: readonly string[] | null };
type DataRefusal = Refusal<'bad_request' | 'field_unknown'>;

const text: Description = { type: 'string', enumValues: null };
const date: Description = { type: 'date', enumValues: null };
const ip: Description = { type: 'ip', enumValues: null };
const float: Description = { type: 'float', enumValues: null };
const bool: Description = { type: 'bool', enumValues: null };

/** The fields every database has besides email and phones (spec/neighbours.md 2.2). */
export const systemFields: ReadonlyMap<string, Description> = new Map([
  ['_fname', text],
  ['_lname', text],
  ['_bdate', date],
  ['_sex', { type: 'enum', enumValues: ['male', 'female'] }],
  ['_regdate', date],
  ['_regip', ip],
  ['_regurl', text],
  ['_ip', ip],
  ['_status', { type: 'int', enumValues: null }],
  ['_city', text],
  ['_country', text],
  ['_region', text],
  ['_lat', float],
  ['_lon', float],
  ['_browser', text],
  ['_is_desktop', bool],
  ['_is_test', bool],
]);

/** Names no custom field may have: they mean something else in a profile's data. */
export const reservedNames: readonly string[] = [
  'email',
  'phone',
  'phones',
  'id',
  'db_id',
  'profile_id',
  'subscriptions',
];

// Kept by the platform itself or not kept at all: clients may send back what they were given.
const ignored = new Set(['id', 'db_id', 'profile_id', 'subscriptions']);
const statistics =
  /^_(createtime|acid|md5|xxh|xxm|emaildomain|domaingroup|open_date|(click|deliv|confirm)_\w+)$/;
const mostPhones = 100;

/**
 * Reads a profile's flat data against its database. null, empty text and empty lists remove a field.
 * `path` is put before field names in refusals ("data."). Refusals: bad_request, field_unknown.
 */
export function readProfileData(
  database: Database,
  data: Readonly<Record<string, unknown>>,
  path: string,
): ProfileChange | DataRefusal {
  const change: { email?: string | null; phones?: string[] } = {};
  const set: Record<string, FieldValue> = {};
  const removed: string[] = [];
  for (const [name, value] of Object.entries(data)) {
    if (ignored.has(name) || statistics.test(name)) continue;
    const read = readOne(database, name, isEmpty(value) ? null : value);
    if ('refuse' in read) return read.refuse(`${path}${name}`);
    if (name === 'email') change.email = read.value === null ? null : String(read.value);
    else if (name === 'phones') change.phones = [...keyTexts(read.value ?? [])];
    else if (read.value === null) removed.push(name);
    else set[name] = read.value;
  }
  return { ...change, set, removed };
}

/** Every required field that a new profile of this data lacks. */
export function missingFields(database: Database, change: ProfileChange): string[] {
  const required = [...database.fields.values()].filter((field) => field.isRequired);
  return required.map((field) => field.name).filter((name) => !Object.hasOwn(change.set, name));
}

/** What the profile is to be found by, for each field that the change touches. */
export function keysOf(database: Database, change: ProfileChange): ProfileKeys[] {
  const keys: ProfileKeys[] = [];
  if (change.email !== undefined) {
    const values = change.email === null ? [] : [change.email];
    keys.push({ field: 'email', values, isUnique: database.emailIsUnique });
  }
  if (change.phones) keys.push({ field: 'phone', values: change.phones, isUnique: false });
  for (const field of database.fields.values()) {
    const value = change.set[field.name];
    if (value === undefined && !change.removed.includes(field.name)) continue;
    keys.push({ field: field.name, values: keyTexts(value ?? []), isUnique: field.isUnique });
  }
  return keys;
}

type Read = { value: FieldValue | null } | { refuse: (path: string) => DataRefusal };

function readOne(database: Database, name: string, value: unknown): Read {
  if (name === 'email') return readEmail(value);
  if (name === 'phones') return readPhones(value);
  const custom = database.fields.get(name);
  const description = custom ?? systemFields.get(name);
  if (!description) return { refuse: (field) => refuse('field_unknown', { field }) };
  if (value === null) return custom?.isRequired ? problem('is required') : { value: null };
  const kind = fieldKind(description.type, description.enumValues);
  const read = kind.read(value);
  return read === undefined ? problem(`expected ${kind.expected}, got ${shown(value)}`) : { value: read };
}

function readEmail(value: unknown): Read {
  if (value === null) return { value };
  const email = typeof value === 'string' ? normalizeEmail(value) : undefined;
  return email ? { value: email } : problem(`expected an e-mail address, got ${shown(value)}`);
}

function readPhones(value: unknown): Read {
  const written: unknown[] = Array.isArray(value) ? value : value === null ? [] : [value];
  if (written.length > mostPhones) return problem(`expected at most ${mostPhones} of them`);
  const phones = new Set<string>();
  for (const one of written) {
    const phone = typeof one === 'string' ? normalizePhone(one) : undefined;
    if (!phone) return problem(`expected phones such as "+12025550123", got ${shown(one)}`);
    phones.add(phone);
  }
  return { value: [...phones] };
}

function problem(what: string): Read {
  return { refuse: (path) => refuse('bad_request', { problem: `${path}: ${what}` }) };
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
}
