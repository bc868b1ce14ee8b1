import { longestCode } from '../domain/code-template';
import { endpoint } from './endpoint';
import {
  flag,
  integer,
  list,
  nothing,
  numericId,
  object,
  opaqueId,
  optional,
  text,
  timestamp,
} from './fields';
import { matching } from './matching';
import { request } from './request';

/** Promo codes (spec: neighbours.md 6). loyalty_id is a pool of codes, not a loyalty program (C-19). */

const poolId = () =>
  numericId().describe('Id of the pool of promo codes; not of a loyalty program. A number, or one as text.');
const code = () => text(longestCode).describe('The promo code, as it is: letter case counts.');
/** A time of an answer that is empty text when there is none, as documented. */
const timeOrEmpty = () => text(40, { min: 0 });
const done = object({ data: nothing() });

const poolRefusals = ['promo_pool_not_found', 'database_not_allowed'] as const;
const codeRefusals = [...poolRefusals, 'promo_code_not_found'] as const;

const example = { code: 'CODE-1', loyalty_id: 5 };

const importCodes = endpoint({
  path: '/api/v1.1/promocodes/import',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Import promo codes',
  maxBytes: 10_485_760,
  description:
    'Adds codes to a pool, all at once. A code that its profile database has already, in whatever pool, ' +
    'is duplicated; one that the limit of the pool has no room for is discarded. Ours: up to 100,000 codes ' +
    'and 10 MiB at once, each of at most 100 characters; data has one entry for each code in the same order.',
  request: object({
    codes: list(text(longestCode), { min: 1, max: 100_000 }).describe('The codes.'),
    loyalty_id: poolId(),
  }),
  response: object({
    data: list(object({ code: code(), error: integer(), error_text: text(255, { min: 0 }) })),
    discarded_by_limit: integer(),
    duplicated: integer(),
    inserted: integer(),
  }),
  refusals: poolRefusals,
  outcome: 'last',
  examples: [
    {
      request: { codes: ['CODE-1', 'CODE-2'], loyalty_id: 5 },
      response: {
        data: [
          { code: 'CODE-1', error: 0, error_text: '' },
          { code: 'CODE-2', error: 500, error_text: 'Promocode duplicated' },
        ],
        discarded_by_limit: 0,
        duplicated: 1,
        inserted: 1,
      },
    },
  ],
});

/** What the entry of a code says; the number of a duplicate is the documented one. */
export const importOutcomes = {
  inserted: { error: 0, error_text: '' },
  duplicated: { error: 500, error_text: 'Promocode duplicated' },
  discarded: { error: 422, error_text: 'Promocode limit reached' },
} as const;

const get = endpoint({
  path: '/api/v1.1/promocodes/get',
  family: 'profiles',
  scope: 'loyalty_read',
  summary: 'Read a promo code',
  description:
    'Times that there are none of are empty text. Ours: expired is expire_date once that has passed; of a ' +
    'universal code, attached and activated are the first times, and profile_id is there only while it is ' +
    'attached to one profile alone.',
  request: object({ code: code(), loyalty_id: poolId() }),
  response: object({
    data: object({
      created: timestamp(),
      is_attached: flag(),
      is_activated: flag(),
      is_expired: flag(),
      attached: timeOrEmpty(),
      activated: timeOrEmpty(),
      expired: timeOrEmpty(),
      expire_date: timeOrEmpty(),
      loyalty_id: integer(),
      code: code(),
      database_id: integer().optional(),
      profile_id: opaqueId().optional(),
    }),
  }),
  refusals: codeRefusals,
  outcome: 'last',
  examples: [
    {
      request: example,
      response: {
        data: {
          created: '2025-02-01T08:00:00Z',
          is_attached: true,
          is_activated: false,
          is_expired: false,
          attached: '2025-02-02T09:30:00Z',
          activated: '',
          expired: '',
          expire_date: '',
          loyalty_id: 5,
          code: 'CODE-1',
          database_id: 1,
          profile_id: '65f0aa00c0ffee0011223344',
        },
      },
    },
  ],
});

const spentRefusals = [
  'promo_code_activated',
  'promo_code_expired',
  'promo_code_used_up',
  'promo_pool_inactive',
] as const;

const activate = endpoint({
  path: '/api/v1.1/promocodes/activate',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Activate a promo code',
  description:
    'A code can only be activated when it is attached to a profile: a personal one once. Ours: each call ' +
    'is one more use of a universal code.',
  request: object({ code: code(), loyalty_id: poolId() }),
  response: done,
  refusals: [...codeRefusals, 'promo_code_not_attached', ...spentRefusals],
  outcome: 'last',
  examples: [{ request: example, response: { data: null } }],
});

const update = endpoint({
  path: '/api/v1.1/promocodes/update',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Change a promo code',
  description:
    'Changes when a code expires, activates or deactivates it; at least one of the two is needed. Ours: ' +
    'only an attached code can be activated; activating one that is activated changes nothing; ' +
    'deactivating forgets all its uses.',
  request: request(
    {
      code: code(),
      loyalty_id: poolId(),
      activated: optional(flag()).describe('Whether it counts as activated. Absent: stays.'),
      expire_date: optional(timestamp()).describe('From when on it cannot be used. Absent: stays.'),
    },
    {},
    ({ activated, expire_date }, report) => {
      if (activated === undefined && expire_date === undefined) {
        report('activated', 'is required, or expire_date');
      }
    },
  ),
  response: done,
  refusals: [...codeRefusals, 'promo_code_not_attached'],
  outcome: 'last',
  examples: [
    {
      request: { ...example, activated: true, expire_date: '2025-08-25T08:00:00Z' },
      response: { data: null },
    },
  ],
});

const whose = {
  db_id: integer().describe('Id of the profile database.'),
  loyalty_id: poolId(),
};
const inferred = matching({ isInferred: true });
const findRefusals = [
  'database_not_found',
  'database_not_allowed',
  'promo_pool_not_found',
  'promo_pool_foreign',
  'field_unknown',
  'profile_not_found',
  'profile_ambiguous',
] as const;
const named = { db_id: 1, loyalty_id: 5, matching: 'profile_id', profile_id: '65f0aa00c0ffee0011223344' };

const attach = endpoint({
  path: '/api/v1.1/promocodes/attach',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Attach a promo code to a profile',
  description:
    'With code: attaches this one, and imports it first if nobody knows it; a personal code that is ' +
    'attached already is refused. Without: attaches any free one of the pool. Ours: one that has none ' +
    'and a remote_url fetches some first; code beside data says ' +
    'which it was; the pool must be issuing; the lifetime of a personal code begins; attaching a universal ' +
    'code twice to one profile changes nothing.',
  request: request({ code: optional(code()), ...whose }, { matching: inferred }),
  response: object({ data: nothing(), code: code() }),
  refusals: [
    ...findRefusals,
    'promo_code_attached',
    'promo_code_elsewhere',
    'promo_pool_closed',
    'promo_pool_full',
    'promo_pool_empty',
    ...spentRefusals,
  ],
  outcome: 'last',
  examples: [{ request: { ...named, code: 'CODE-1' }, response: { data: null, code: 'CODE-1' } }],
});

const detach = endpoint({
  path: '/api/v1.1/promocodes/detach',
  family: 'profiles',
  scope: 'loyalty_write',
  summary: 'Detach a promo code from a profile',
  description:
    'The code is needed, and must be attached to this profile alone. Ours: a personal code that was not ' +
    'activated is free again, and its lifetime has not begun.',
  request: request({ code: code(), ...whose }, { matching: inferred }),
  response: done,
  refusals: [
    ...findRefusals,
    'promo_code_not_found',
    'promo_code_not_attached',
    'promo_code_not_of_profile',
    'promo_code_shared',
  ],
  outcome: 'last',
  examples: [{ request: { ...named, code: 'CODE-1' }, response: { data: null } }],
});

const exportAll = endpoint({
  path: '/api/v1.1/promocodes/export_all',
  family: 'profiles',
  scope: 'loyalty_read',
  summary: 'All promo codes of a pool',
  description:
    'Every code, with the times at which it was attached and activated, if it was. Ours: in the order in ' +
    'which they came. The management API lists them page by page.',
  request: object({ loyalty_id: poolId() }),
  response: object({
    data: list(object({ code: code(), attached: timestamp().optional(), activated: timestamp().optional() })),
  }),
  refusals: poolRefusals,
  outcome: 'last',
  examples: [
    {
      request: { loyalty_id: 5 },
      response: {
        data: [
          { code: 'CODE-1' },
          { code: 'CODE-2', attached: '2025-02-02T09:30:00Z', activated: '2025-02-03T10:00:00Z' },
        ],
      },
    },
  ],
});

export const promoCodes = { import: importCodes, get, activate, update, attach, detach, exportAll };
