import type { z } from 'zod';
import { endpoint } from './endpoint';
import { choice, flag, freeFields, integer, list, object, opaqueId, optional, text } from './fields';
import { matching } from './matching';
import { check, problemsText } from './problems';
import { type Block, request } from './request';

/** The calls that bring profiles in, read and delete them (spec/neighbours.md 2). */

type Data = Readonly<Record<string, unknown>>;

const databaseId = () => integer().describe('Id of the profile database.');
const profileId = () => opaqueId().describe('24 hexadecimal digits.');

const modes = ['email', 'phone', 'profile_id', 'custom', 'email_profile', 'email_phone'] as const;
const importModes = matching({ also: ['email_profile', 'email_phone'], byDefault: 'email' });
type ImportMatch = z.output<typeof itemMatch>['matching'];

/** Keys that the request itself does not carry are taken from the profile's own data. */
const importMatching: Block<ImportMatch> = {
  fields: importModes.fields,
  read: (raw, report) => {
    const own = ownKeys(raw.data as Data, raw.field_name);
    const sent = Object.entries(raw).filter(([, value]) => value !== undefined && value !== null);
    return importModes.read({ ...own, ...Object.fromEntries(sent) }, report);
  },
};

const itemMatch = request({}, { matching: importModes });

/** How one profile of a batch is found: the mode is that of the request, the values are its own. */
export function readItemMatch(
  { matching: mode, field_name }: { matching?: unknown; field_name?: unknown },
  item: Data,
): { matching: ImportMatch } | { problem: string } {
  const result = check(itemMatch, { matching: mode, field_name, ...ownKeys(item, field_name) });
  return 'value' in result ? result.value : { problem: problemsText(result.problems) };
}

function ownKeys(data: Data, fieldName: unknown): Record<string, unknown> {
  const phones = data.phones;
  return {
    email: data.email,
    phone: Array.isArray(phones) ? phones[0] : phones,
    profile_id: data.id,
    field_value: typeof fieldName === 'string' ? data[fieldName] : undefined,
  };
}

const options = {
  skip_triggers: optional(flag()).describe(
    'Whether to write no event profile_created or profile_updated. Absent: false.',
  ),
  skip_invalid_subscriptions: optional(flag()).describe('Accepted; subscriptions are not stored.'),
  detect_geo: optional(flag()).describe('Accepted; nobody is located.'),
};

const importFields = {
  db_id: databaseId(),
  data: freeFields().describe(
    'Fields of the profile, flat: email, phones, built-in fields such as _fname, and custom fields by ' +
      'their own names. Fields that are left out stay. Ours: null and empty text remove a field; an ' +
      'unknown field is refused; subscriptions and statistics are accepted and not kept.',
  ),
  ...options,
};

const written = object({ profile_id: profileId() });
const writeRefusals = [
  'database_not_found',
  'database_not_allowed',
  'field_unknown',
  'profile_not_found',
  'profile_ambiguous',
  'value_taken',
] as const;

const importExample = {
  request: {
    db_id: 5,
    matching: 'custom',
    field_name: 'CRM_ID',
    field_value: 'A-77',
    data: { email: 'ann@example.net', phones: ['+12025550123'], _fname: 'Ann', CRM_ID: 'A-77' },
    skip_triggers: true,
  },
  response: { profile_id: '65f0aa00c0ffee0011223344' },
};

const importOne = endpoint({
  path: '/api/v1.1/profiles/import',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Create or update a profile',
  description:
    'Looks for the profile; updates it if it is there, else creates it. With matching profile_id it only ' +
    'updates. Ours: search keys that are left out are taken from data, and a new profile gets the values ' +
    'it was searched by; more than one hit is refused.',
  request: request(importFields, { matching: importMatching }),
  response: written,
  refusals: writeRefusals,
  examples: [importExample],
});

const update = endpoint({
  path: '/api/v1.1/profiles/update',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Update a profile',
  description: 'As profiles/import, but never creates: a profile that is not found is refused.',
  request: request(importFields, { matching: importMatching }),
  response: written,
  refusals: writeRefusals,
  examples: [importExample],
});

const batch = () =>
  list(freeFields(), { min: 1, max: 10_000 }).describe('Profiles, each as data of profiles/import.');

const batchResult = object({
  result: list(
    object({
      error: integer(),
      error_text: text(10_000, { min: 0 }),
      profile_id: profileId().optional(),
    }),
  ),
});

const batchExample = {
  result: [
    { error: 0, error_text: 'Successful operation', profile_id: '65f0aa00c0ffee0011223344' },
    { error: 400, error_text: 'email: expected an e-mail address, got "nobody"' },
  ],
};

const importBatch = endpoint({
  path: '/api/v1.1/profiles/import_batch',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Create or update many profiles',
  maxBytes: 10_485_760,
  description:
    'Up to 10,000 profiles and 10 MB at once. Each is searched by its own values: matching email by email, ' +
    'phone by the first of phones, profile_id by id, custom by the field that field_name names. Ours: ' +
    'result has one entry for each profile in the same order, and a profile that is refused does not ' +
    'disturb the others.',
  request: request(
    {
      db_id: databaseId(),
      data: batch(),
      matching: optional(choice(modes)).describe('How each profile is found. Absent means email.'),
      field_name: optional(text(255)).describe('For matching by custom: a field of the profile database.'),
      ...options,
    },
    {},
    ({ matching: mode, field_name }, report) => {
      if (mode === 'custom' && field_name === undefined) {
        report('field_name', 'is required when matching is "custom"');
      }
    },
  ),
  response: batchResult,
  refusals: ['database_not_found', 'database_not_allowed', 'field_unknown'],
  examples: [
    {
      request: {
        db_id: 5,
        matching: 'email',
        data: [{ email: 'ann@example.net', _fname: 'Ann' }, { email: 'nobody' }],
      },
      response: batchExample,
    },
  ],
});

const addRefusals = ['database_not_found', 'database_not_allowed', 'field_unknown', 'value_taken'] as const;

const add = endpoint({
  path: '/api/v1.1/profiles/add',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Create a profile',
  description:
    'Looks for nobody: the profile is always a new one, and empty data make an empty one. Refused is what ' +
    'would be the second of a value that must be unique, such as the e-mail address.',
  request: request(importFields, {}),
  response: written,
  refusals: addRefusals,
  examples: [
    {
      request: { db_id: 5, data: { email: 'ann@example.net', _fname: 'Ann', CRM_ID: 'A-77' } },
      response: { profile_id: '65f0aa00c0ffee0011223344' },
    },
  ],
});

const addBatch = endpoint({
  path: '/api/v1.1/profiles/add_batch',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Create many profiles',
  maxBytes: 10_485_760,
  description:
    'Up to 10,000 profiles and 10 MB at once, each as with profiles/add. Ours: result has one entry for ' +
    'each profile in the same order, and a profile that is refused does not disturb the others.',
  request: request({ db_id: databaseId(), data: batch(), ...options }, {}),
  response: batchResult,
  refusals: ['database_not_found', 'database_not_allowed'],
  examples: [
    {
      request: { db_id: 5, data: [{ email: 'ann@example.net', _fname: 'Ann' }, { email: 'nobody' }] },
      response: batchExample,
    },
  ],
});

const findRefusals = [
  'database_not_found',
  'database_not_allowed',
  'field_unknown',
  'profile_not_found',
  'profile_ambiguous',
] as const;

const get = endpoint({
  path: '/api/v1.1/profiles/get',
  family: 'profiles',
  scope: 'loyalty_read',
  summary: 'Read a profile',
  description:
    'All fields of a profile, flat, with id, db_id, email, phones and subscriptions. Dates are RFC 3339 in ' +
    'UTC with milliseconds. Ours: subscriptions is always empty.',
  request: request({ db_id: databaseId() }, { matching: importModes }),
  response: object({ data: freeFields() }),
  refusals: findRefusals,
  examples: [
    {
      request: { db_id: 5, matching: 'email', email: 'ann@example.net' },
      response: {
        data: {
          id: '65f0aa00c0ffee0011223344',
          db_id: 5,
          email: 'ann@example.net',
          phones: ['+12025550123'],
          subscriptions: [],
          _fname: 'Ann',
          CRM_ID: 'A-77',
        },
      },
    },
  ],
});

const remove = endpoint({
  path: '/api/v1.1/profiles/delete',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Delete a profile',
  description:
    'Deletes the profile and everything personal of it. Ours: its memberships end first, as with ' +
    'delete_member; the rows of the ledger stay under the bare profile_id.',
  request: request({ db_id: databaseId() }, { matching: matching() }),
  response: object({ data: object({ profile_id: profileId() }) }),
  refusals: findRefusals,
  examples: [
    {
      request: { db_id: 5, matching: 'profile_id', profile_id: '65f0aa00c0ffee0011223344' },
      response: { data: { profile_id: '65f0aa00c0ffee0011223344' } },
    },
  ],
});

export const profiles = { importOne, update, importBatch, add, addBatch, get, remove };
