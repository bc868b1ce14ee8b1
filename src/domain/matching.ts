import type { Database } from './catalog';
import { type FieldValue, fieldKind, keyTexts } from './field-type';
import type { ProfileChange } from './profile';
import { type Refusal, refuse } from './refusal';

/** How a request names a profile: one mode of `matching` with what that mode needs, normalised. */
export type Match =
  | { by: 'email'; email: string }
  | { by: 'email_profile'; email: string }
  | { by: 'phone'; phone: string }
  | { by: 'profile_id'; profile_id: string }
  | { by: 'custom'; field_name: string; field_value: string | number }
  | { by: 'email_phone'; email: string | undefined; phone: string | undefined };

/** One way to find a profile: it must have all these values in that field (more than one for tags only). */
export interface Criterion {
  /** email, phone, profile_id, or the name of a custom field. */
  readonly field: string;
  readonly values: readonly [string, ...string[]];
}

/** What to look for in the database's keys. A profile that meets any criterion is found. */
export interface Search {
  readonly criteria: readonly Criterion[];
  /** What a new profile gets of it, if its data does not say otherwise. */
  readonly implied: { email?: string; phones?: string[]; set: Record<string, FieldValue> };
  /** For refusals: 'email "ann@example.com"'. */
  readonly shown: string;
}

/**
 * What a match means in one database: a custom value is read as its field's type has it.
 * Refusals: field_unknown, bad_request.
 */
export function searchFor(
  database: Database,
  match: Match,
): Search | Refusal<'field_unknown' | 'bad_request'> {
  switch (match.by) {
    case 'email':
    case 'email_profile':
      return { ...emailSearch(match.email), shown: `email "${match.email}"` };
    case 'phone':
      return { ...phoneSearch(match.phone), shown: `phone "${match.phone}"` };
    case 'profile_id':
      return {
        criteria: [{ field: 'profile_id', values: [match.profile_id] }],
        implied: { set: {} },
        shown: `profile_id "${match.profile_id}"`,
      };
    case 'custom':
      return customSearch(database, match.field_name, match.field_value);
    case 'email_phone':
      return eitherSearch(match);
  }
}

/** Looks for nobody: what is written with it is always a new profile. */
export const nobody: Search = { criteria: [], implied: { set: {} }, shown: 'nothing' };

/** The change a new profile starts with: what it was searched by, unless its data say otherwise. */
export function withImplied(change: ProfileChange, { implied }: Search): ProfileChange {
  const { email, phones } = implied;
  return {
    ...change,
    ...(email !== undefined && change.email === undefined && { email }),
    ...(phones !== undefined && change.phones === undefined && { phones }),
    set: { ...implied.set, ...change.set },
  };
}

type Bare = Pick<Search, 'criteria' | 'implied'>;

function emailSearch(email: string): Bare {
  return { criteria: [{ field: 'email', values: [email] }], implied: { email, set: {} } };
}

function phoneSearch(phone: string): Bare {
  return { criteria: [{ field: 'phone', values: [phone] }], implied: { phones: [phone], set: {} } };
}

function eitherSearch({ email, phone }: Extract<Match, { by: 'email_phone' }>): Search {
  const parts = [
    ...(email === undefined ? [] : [emailSearch(email)]),
    ...(phone === undefined ? [] : [phoneSearch(phone)]),
  ];
  const shown = [
    ...(email === undefined ? [] : [`email "${email}"`]),
    ...(phone === undefined ? [] : [`phone "${phone}"`]),
  ];
  return {
    criteria: parts.flatMap((part) => part.criteria),
    implied: Object.assign({}, ...parts.map((part) => part.implied)),
    shown: shown.join(' or '),
  };
}

function customSearch(
  database: Database,
  name: string,
  written: string | number,
): Search | Refusal<'field_unknown' | 'bad_request'> {
  const field = database.fields.get(name);
  if (!field) return refuse('field_unknown', { field: `field_name: "${name}"` });
  const kind = fieldKind(field.type, field.enumValues);
  const value = kind.read(written);
  const [first, ...others] = value === undefined ? [] : keyTexts(value);
  if (value === undefined || first === undefined) {
    const got = typeof written === 'string' ? JSON.stringify(written.slice(0, 60)) : written;
    return refuse('bad_request', { problem: `field_value: expected ${kind.expected}, got ${got}` });
  }
  return {
    criteria: [{ field: name, values: [first, ...others] }],
    implied: { set: { [name]: value } },
    shown: `${name} "${[first, ...others].join(', ')}"`,
  };
}
