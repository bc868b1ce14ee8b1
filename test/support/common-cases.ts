import type { Person } from './people';
import type { Case } from './spec';
import { Verbatim } from './wire';

type Cases = Record<string, Case>;

/** What is said of a time that is none. */
export const noTime = (field: string, got: string) =>
  `${field}: expected an RFC 3339 time such as "2025-03-01T08:00:00Z", got "${got}"`;

/** What is common to endpoints that name a program. */
export const programCases: Cases = {
  'no program': {
    request: { loyalty_program_id: undefined },
    refuses: 'bad_request',
    text: 'loyalty_program_id: is required',
  },
  'a program that is no number': {
    request: { loyalty_program_id: 'shop' },
    refuses: 'bad_request',
    text: 'loyalty_program_id: expected an integer from 0 to 2147483647, got "shop"',
  },
  'a program that is a number in a string': {
    request: { loyalty_program_id: '1' },
    only: 'json',
    refuses: 'bad_request',
    text: 'loyalty_program_id: expected an integer from 0 to 2147483647, got "1"',
  },
  'an unknown program': {
    request: { loyalty_program_id: 999 },
    refuses: 'program_not_found',
    text: 'Loyalty program 999 not found',
  },
  'a program the token may not use': {
    request: { token: 'guest' },
    refuses: 'program_not_allowed',
    text: 'API token may not access loyalty program 1',
  },
};

const modes = 'one of "email", "phone", "profile_id", "custom"';

/** Requests whose matching block cannot be read. */
const matchingCases: Cases = {
  'no matching': {
    request: { matching: undefined },
    refuses: 'bad_request',
    text: 'matching: is required',
  },
  ...Object.fromEntries(
    ['email_profile', 'email_sub', 'phone_sub', 'push', 'email_phone', 'EMAIL'].map((mode) => [
      `matching ${mode}, which is not of these pages`,
      {
        request: { matching: mode },
        refuses: 'bad_request',
        text: `matching: expected ${modes}, got "${mode}"`,
      } satisfies Case,
    ]),
  ),
  ...Object.fromEntries(
    ['email', 'phone', 'profile_id'].map((mode) => [
      `matching ${mode} without ${mode}`,
      {
        request: { matching: mode, email: undefined },
        refuses: 'bad_request',
        text: `${mode}: is required when matching is "${mode}"`,
      } satisfies Case,
    ]),
  ),
  'matching custom without its two fields': {
    request: { matching: 'custom' },
    refuses: 'bad_request',
    text: ['field_name', 'field_value']
      .map((key) => `${key}: is required when matching is "custom"`)
      .join('; '),
  },
  'an e-mail address that is none': {
    request: { email: 'ann' },
    refuses: 'bad_request',
    text: 'email: expected an e-mail address, got "ann"',
  },
  'a phone number that is not international': {
    request: { matching: 'phone', phone: '202-555-0101' },
    refuses: 'bad_request',
    text: 'phone: expected an international phone number such as "+12025550101", got "202-555-0101"',
  },
  'a profile_id that is no text': {
    request: { matching: 'profile_id', profile_id: 65 },
    only: 'json',
    refuses: 'bad_request',
    text: 'profile_id: expected text of 1 to 255 characters, got 65',
  },
  'a custom field the database does not have': {
    request: { matching: 'custom', field_name: 'shoe', field_value: 42 },
    refuses: 'field_unknown',
    text: 'field_name: "shoe": the profile database has no such field',
  },
  'a value that does not fit its custom field': {
    request: { matching: 'custom', field_name: 'card', field_value: 'forty' },
    refuses: 'bad_request',
    text: 'field_value: expected a whole number, got "forty"',
  },
};

/** Profiles that are not there, or more than once. */
const profileCases: Cases = {
  ...Object.fromEntries(
    Object.entries({
      email: 'nobody@example.com',
      phone: '+12025559999',
      profile_id: '65f0aa',
    }).map(([mode, value]) => [
      `nobody has this ${mode}`,
      {
        request: { matching: mode, [mode]: value },
        refuses: 'profile_not_found',
        text: `Profile not found by ${mode} "${value}"`,
      } satisfies Case,
    ]),
  ),
  'nobody has this value of a custom field': {
    request: { matching: 'custom', field_name: 'card', field_value: 5 },
    refuses: 'profile_not_found',
    text: 'Profile not found by card "5"',
  },
  'nobody has this number, which is longer than a double can hold': {
    request: { matching: 'custom', field_name: 'crm_id', field_value: new Verbatim('8912345678901234567') },
    refuses: 'profile_not_found',
    text: 'Profile not found by crm_id "8912345678901234567"',
  },
  'somebody of another database': {
    request: { email: 'elsewhere@example.com' },
    refuses: 'profile_not_found',
    text: 'Profile not found by email "elsewhere@example.com"',
  },
  'two with this phone number': {
    request: { matching: 'phone', phone: '+12029990000' },
    refuses: 'profile_ambiguous',
    text: 'More than one profile found by phone "+12029990000"',
  },
  'two with this value of a custom field': {
    request: { matching: 'custom', field_name: 'level', field_value: '07' },
    refuses: 'profile_ambiguous',
    text: 'More than one profile found by level "7"',
  },
};

const naming: Record<string, (person: Person) => Record<string, unknown>> = {
  'e-mail, however written': ({ email }) => ({ email: ` ${email.toUpperCase()} ` }),
  'phone, however written': ({ phone }) => ({
    matching: 'phone',
    phone: phone.replace(/^\+1(\d{3})(\d{3})/, '+1 ($1) $2-'),
  }),
  profile_id: ({ profile_id }) => ({ matching: 'profile_id', profile_id }),
  'a custom field of text': ({ crm_id }) => ({
    matching: 'custom',
    field_name: 'crm_id',
    field_value: crm_id,
  }),
  'a custom field of numbers': ({ card }) => ({ matching: 'custom', field_name: 'card', field_value: card }),
  'a custom field of numbers, as text': ({ card }) => ({
    matching: 'custom',
    field_name: 'card',
    field_value: `0${card}`,
  }),
  'one way, whatever stands under the keys of the others': ({ profile_id }) => ({
    matching: 'profile_id',
    profile_id,
    email: 'twin1@example.com',
    phone: 'none',
    field_name: 'shoe',
    field_value: '',
  }),
};

/** The four modes of matching, each with the answer of a plain request; and all that goes wrong there. */
export function personCases(plain: Pick<Case, 'answers' | 'given' | 'unregistered'>): Cases {
  const found = Object.entries(naming).map(([way, request]): [string, Case] => [
    `a person named by ${way}`,
    { ...plain, request },
  ]);
  return { ...Object.fromEntries(found), ...matchingCases, ...profileCases };
}

/** As personCases, for endpoints about members. */
export function memberCases(plain: Pick<Case, 'answers' | 'given'>): Cases {
  const notMember = {
    refuses: 'member_not_found',
    text: 'Profile is not a member of loyalty program 1',
  } as const;
  return {
    ...personCases(plain),
    'somebody who never was a member': { unregistered: true, ...notMember },
    'somebody who was a member': {
      given: async ({ ask }) => {
        await ask('/loyalty/delete_member');
        return {};
      },
      ...notMember,
    },
  };
}

/** Currencies by iid, eid or both, each with the answer of a plain request; and all that goes wrong there. */
export function currencyCases(plain: Pick<Case, 'answers' | 'given'>): Cases {
  return {
    'a currency by its iid': {
      ...plain,
      request: { points_currency_iid: 1, points_currency_eid: undefined },
    },
    'a currency by its eid': {
      ...plain,
      request: { points_currency_iid: undefined, points_currency_eid: 'stars' },
    },
    'a currency by both': {
      ...plain,
      request: { points_currency_iid: 1, points_currency_eid: 'stars' },
    },
    'two currencies at once': {
      request: { points_currency_iid: 2, points_currency_eid: 'stars' },
      refuses: 'currency_mismatch',
      text: 'points_currency_iid 2 and points_currency_eid "stars" denote different currencies',
    },
    'an unknown currency by its iid': {
      request: { points_currency_iid: 99, points_currency_eid: undefined },
      refuses: 'currency_not_found',
      text: 'Points currency 99 not found in loyalty program 1',
    },
    'an unknown currency by its eid': {
      request: { points_currency_eid: 'dust' },
      refuses: 'currency_not_found',
      text: 'Points currency "dust" not found in loyalty program 1',
    },
    'a known currency and an unknown one': {
      request: { points_currency_iid: 1, points_currency_eid: 'dust' },
      refuses: 'currency_not_found',
      text: 'Points currency "dust" not found in loyalty program 1',
    },
    'a currency of another program': {
      request: { points_currency_iid: 4, points_currency_eid: undefined },
      refuses: 'currency_not_found',
      text: 'Points currency 4 not found in loyalty program 1',
    },
    'a currency that is no number': {
      request: { points_currency_iid: 'one' },
      refuses: 'bad_request',
      text: 'points_currency_iid: expected an integer from 0 to 2147483647, got "one"',
    },
    'a currency whose eid is too long': {
      request: { points_currency_eid: 'x'.repeat(256) },
      refuses: 'bad_request',
      text: `points_currency_eid: expected text of 1 to 255 characters, got "${'x'.repeat(60)}…"`,
    },
  };
}
