import type { Case } from './spec';

type Cases = Record<string, Case>;

export const hexId = expect.stringMatching(/^[0-9a-f]{24}$/);

/** What is common to endpoints that name a profile database. */
export const databaseCases: Cases = {
  'no database': {
    request: { db_id: undefined },
    refuses: 'bad_request',
    text: 'db_id: is required',
  },
  'a database that is no number': {
    request: { db_id: 'shop' },
    refuses: 'bad_request',
    text: 'db_id: expected an integer from 0 to 2147483647, got "shop"',
  },
  'an unknown database': {
    request: { db_id: 999 },
    refuses: 'database_not_found',
    text: 'Profile database 999 not found',
  },
  'a database whose programs the token may not use': {
    request: { token: 'guest' },
    refuses: 'database_not_allowed',
    text: 'API token may not access profile database 1',
  },
  'an unknown database, by a token that may not use all programs': {
    request: { token: 'guest', db_id: 999 },
    refuses: 'database_not_allowed',
    text: 'API token may not access profile database 999',
  },
};

/** What is common to endpoints that write, for tokens that may only read. */
export const writerCases: Cases = {
  'a token that may only read': {
    request: { token: 'reader' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_write"',
  },
};

const modes = '"email", "phone", "profile_id", "custom"';

/** Modes of matching that no profile endpoint has: there are no subscriptions here. */
export function modeCases(further = ''): Cases {
  return Object.fromEntries(
    ['email_sub', 'phone_sub', 'push_sub', 'custom_sub', 'email_phone_sub'].map((mode) => [
      `matching ${mode}, which needs subscriptions`,
      {
        request: { matching: mode },
        refuses: 'bad_request',
        text: `matching: expected one of ${modes}${further}, got "${mode}"`,
      } satisfies Case,
    ]),
  );
}

/** Further modes that profile endpoints have and loyalty endpoints have not. */
export const furtherModes = ', "email_profile", "email_phone"';

/** Profiles that are not there, that are there twice, and fields that do not exist. */
export const findingCases: Cases = {
  'nobody has this e-mail address': {
    request: { email: 'nobody@example.com' },
    refuses: 'profile_not_found',
    text: 'Profile not found by email "nobody@example.com"',
  },
  'nobody has this id': {
    request: { matching: 'profile_id', profile_id: '65f0aa' },
    refuses: 'profile_not_found',
    text: 'Profile not found by profile_id "65f0aa"',
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
