import type { z } from 'zod';
import type { Match } from '../domain/matching';
import { choice, email, fieldValue, opaqueId, optional, phone, text, unread } from './fields';
import type { Block, Report } from './request';

export type MatchingMode = Match['by'];
export type MatchBy<M extends MatchingMode> = Extract<Match, { by: M }>;

const loyaltyModes = ['email', 'phone', 'profile_id', 'custom'] as const;
type LoyaltyMode = (typeof loyaltyModes)[number];

const keys = {
  email: email(),
  phone: phone(),
  profile_id: opaqueId(),
  field_name: text(255),
  field_value: fieldValue(),
};
type Key = keyof typeof keys;

/** What the mode is if the request does not say. */
interface WithoutMode {
  byDefault?: LoyaltyMode;
  /** The one whose key was sent, if it was only one. */
  isInferred?: boolean;
}

/**
 * The matching block (spec/api.md 1.7): the four modes of the loyalty pages and `also` more. `matching` is
 * required unless there is a default mode or it is inferred; keys of other modes are ignored.
 */
export function matching<const M extends MatchingMode = never>({
  also = [],
  ...withoutMode
}: { also?: readonly M[] } & WithoutMode = {}): Block<MatchBy<M | LoyaltyMode>> {
  const modes: readonly MatchingMode[] = [...loyaltyModes, ...also];
  return {
    fields: matchingFields(modes, withoutMode),
    read: (raw, report) => {
      const sent = raw.matching ?? withoutMode.byDefault;
      const mode = sent ?? (withoutMode.isInferred ? inferMode(raw, report) : undefined);
      if (mode === undefined) return undefined;
      return readMatch(mode as MatchingMode, raw, report) as MatchBy<M | LoyaltyMode> | undefined;
    },
  };
}

const keyOfMode: Readonly<Record<LoyaltyMode, Key>> = {
  email: 'email',
  phone: 'phone',
  profile_id: 'profile_id',
  custom: 'field_name',
};

function inferMode(raw: Record<string, unknown>, report: Report): LoyaltyMode | undefined {
  const sent = loyaltyModes.filter(
    (mode) => raw[keyOfMode[mode]] !== undefined && raw[keyOfMode[mode]] !== null,
  );
  const [mode, ...others] = sent;
  if (mode && others.length === 0) return mode;
  report('matching', mode ? `is required beside ${sent.join(' and ')}` : 'is required, or one key of it');
  return undefined;
}

function matchingFields(
  modes: readonly MatchingMode[],
  { byDefault, isInferred }: WithoutMode,
): z.ZodRawShape {
  const inferred = isInferred ? ' May be left out if the fields of only one mode are sent.' : '';
  const note = byDefault ? ` Absent means ${byDefault}.` : inferred;
  const mode = byDefault || isInferred ? optional(choice(modes)) : choice(modes);
  return {
    matching: mode.describe(`How the profile is found; each mode needs its own fields below.${note}`),
    email: unread(keys.email).describe('For matching by e-mail; letter case does not count.'),
    phone: unread(keys.phone).describe('For matching by phone, in international format.'),
    profile_id: unread(keys.profile_id).describe('For matching by profile_id.'),
    field_name: unread(keys.field_name).describe('For matching by custom: a field of the profile database.'),
    field_value: unread(keys.field_value).describe('For matching by custom: the value of that field.'),
  };
}

function readMatch(mode: MatchingMode, raw: Record<string, unknown>, report: Report): Match | undefined {
  const need = <K extends Key>(key: K) => readKey(key, mode, raw[key], report);
  if (mode === 'email_phone') return readEmailPhone(raw, report);
  if (mode === 'custom') {
    const name = need('field_name');
    const value = need('field_value');
    return name === undefined || value === undefined
      ? undefined
      : { by: 'custom', field_name: name, field_value: value };
  }
  const key = mode === 'email_profile' ? 'email' : mode;
  const value = need(key);
  return value === undefined ? undefined : ({ by: mode, [key]: value } as Match);
}

function readEmailPhone(raw: Record<string, unknown>, report: Report): Match | undefined {
  const sent = (['email', 'phone'] as const).filter((key) => raw[key] !== undefined && raw[key] !== null);
  if (sent.length === 0) report('email', 'is required, or phone, when matching is "email_phone"');
  const read = (key: 'email' | 'phone') =>
    sent.includes(key) ? readKey(key, 'email_phone', raw[key], report) : undefined;
  return { by: 'email_phone', email: read('email'), phone: read('phone') };
}

function readKey<K extends Key>(key: K, mode: MatchingMode, value: unknown, report: Report) {
  if (value === undefined || value === null) {
    report(key, `is required when matching is "${mode}"`);
    return undefined;
  }
  const result = keys[key].safeParse(value);
  if (result.success) return result.data as z.output<(typeof keys)[K]>;
  report(key, result.error.issues[0]?.message ?? 'is not valid');
  return undefined;
}
