import { longestCode } from '../../domain/code-template';
import { codeStates } from '../../domain/promo-code';
import { endpoint } from '../endpoint';
import { choice, integer, list, nullable, object, opaqueId, optional, text, timestamp } from '../fields';
import { poolSettings } from '../promo-code-settings';
import { answerFields, changeFields, creationFields } from '../settings';
import { resourceEndpoints } from './resource';

const family = 'admin';
const scope = 'admin';
const item = '/admin/v1/promo-code-pools/:id';
const key = { id: integer({ min: 1 }).describe('Id of the pool: loyalty_id of the calls on promo codes.') };
const at = '2025-02-01T08:00:00Z';

const spring = {
  external_id: 'spring',
  name: 'Spring',
  description: '',
  database_id: 1,
  is_multi_use: false,
  is_active: true,
  issue_from: '2025-03-01T00:00:00Z',
  issue_to: '2025-05-31T23:59:59Z',
  lifetime: { n: 30, unit: 'day' },
  template: 'SPRING-{X:8}',
  remote_url: null,
  remote_count: 100,
  max_codes: 10_000,
  max_uses: null,
  max_uses_per_profile: null,
};
const { external_id, name, database_id, issue_from, issue_to, lifetime, template, max_codes } = spring;

const resource = resourceEndpoints({
  one: 'pool of promo codes',
  many: 'pools of promo codes',
  collection: '/admin/v1/promo-code-pools',
  parent: {},
  item,
  key,
  position: integer(),
  create: creationFields(poolSettings),
  change: changeFields(poolSettings),
  answer: {
    id: integer(),
    ...answerFields(poolSettings),
    codes_count: integer().describe('How many codes it has.'),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create: 'Its codes come after it: generated, imported, or attached.',
    change: 'Codes that were issued keep the lifetime they were issued with.',
    remove: 'Only a pool without codes can be deleted: switch others off.',
  },
  example: {
    parent: {},
    key: { id: 5 },
    create: { external_id, name, database_id, issue_from, issue_to, lifetime, template, max_codes },
    change: { issue_to },
    answer: { id: 5, ...spring, codes_count: 0, created_at: at, updated_at: at },
  },
});

const code = () => text(longestCode);

const generate = endpoint({
  method: 'POST',
  path: `${item}/generate`,
  family,
  scope,
  summary: 'Generate promo codes',
  description:
    'Makes codes from the template of the pool, from a source of chance that cannot be foreseen, without ' +
    'characters that look alike, and adds them. Refused if codes would not be rare enough: of a thousand ' +
    'that the template could make, at most one may be.',
  request: object({
    ...key,
    count: integer({ min: 1, max: 100_000 }).describe('How many, up to 100,000.'),
  }),
  response: object({
    generated: integer(),
    discarded_by_limit: integer().describe('Those that max_codes of the pool had no room for.'),
    items: list(object({ code: code() })).describe('The codes; format=csv gives them as a file.'),
  }),
  refusals: ['resource_not_found', 'conflict'],
  table: 'items',
  examples: [
    {
      request: { id: 5, count: 2 },
      response: {
        generated: 2,
        discarded_by_limit: 0,
        items: [{ code: 'SPRING-7KX3MQ9A' }, { code: 'SPRING-HW4PD68C' }],
      },
    },
  ],
});

const fetchCodes = endpoint({
  method: 'POST',
  path: `${item}/fetch`,
  family,
  scope,
  summary: 'Fetch promo codes from a remote service',
  description:
    'Asks remote_url of the pool by POST JSON for so many codes and adds those that are new. request_id is ' +
    'the same when it asks once more for want of an answer, so that the service can give the same codes.',
  request: object({
    ...key,
    count: optional(integer({ min: 1, max: 10_000 })).describe('How many. Absent: remote_count of the pool.'),
  }),
  response: object({
    fetched: integer().describe('Codes in the answer.'),
    inserted: integer(),
    duplicated: integer(),
    discarded_by_limit: integer(),
  }),
  refusals: ['resource_not_found', 'conflict'],
  examples: [
    {
      request: { id: 5, count: 100 },
      response: { fetched: 100, inserted: 98, duplicated: 2, discarded_by_limit: 0 },
    },
  ],
});

const codes = endpoint({
  method: 'GET',
  path: `${item}/codes`,
  family,
  scope,
  summary: 'List the codes of a pool',
  description:
    'The codes, page by page in the order in which they came. next_after is null on the last page.',
  request: object({
    ...key,
    state: optional(choice(codeStates)).describe(
      'free: neither attached, activated nor expired; attached, activated, expired. Absent: all.',
    ),
    after: optional(text(20)).describe('next_after of the page before. Absent: the first page.'),
    limit: optional(integer({ min: 1, max: 10_000 })).describe('Rows of a page, 1 to 10000. Absent: 100.'),
  }),
  response: object({
    items: list(
      object({
        code: code(),
        created_at: timestamp(),
        expires_at: nullable(timestamp()),
        holders: integer().describe('How many profiles it is attached to.'),
        attached_at: nullable(timestamp()).describe('When first.'),
        profile_id: nullable(opaqueId()).describe('The profile it is attached to, if it is one.'),
        uses: integer().describe('How often it was activated.'),
        activated_at: nullable(timestamp()).describe('When first.'),
      }),
    ),
    next_after: nullable(text(20)),
  }),
  refusals: ['resource_not_found'],
  table: 'items',
  examples: [
    {
      request: { id: 5, state: 'attached', limit: 1 },
      response: {
        items: [
          {
            code: 'SPRING-7KX3MQ9A',
            created_at: at,
            expires_at: '2025-04-01T10:00:00Z',
            holders: 1,
            attached_at: '2025-03-02T10:00:00Z',
            profile_id: '65f0aa00c0ffee0011223344',
            uses: 0,
            activated_at: null,
          },
        ],
        next_after: '101',
      },
    },
  ],
});

/** Pools of promo codes, and the codes in them. */
export const adminPromoCodePools = { ...resource, generate, fetchCodes, codes };
