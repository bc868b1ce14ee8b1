import { endpoint } from '../endpoint';
import { flag, integer, jsonObject, list, nullable, object, opaqueId, optional, timestamp } from '../fields';
import { matching } from '../matching';
import { request } from '../request';
import { answerFields, changeFields, creationFields, segmentSettings } from '../settings';
import { resourceEndpoints } from './resource';

const family = 'admin';
const scope = 'admin';
const item = '/admin/v1/segments/:id';
const key = { id: integer({ min: 1 }).describe('Id of the segment.') };
const parent = { database_id: integer({ min: 1 }).describe('Id of the profile database.') };

const adults = {
  external_id: 'adults',
  name: 'Adults in Berlin',
  condition: {
    all: [
      { field: '_city', operator: 'eq', value: 'Berlin' },
      { field: '_bdate.years', operator: 'gte', value: 18 },
    ],
  },
};
const profileId = '65f0aa00c0ffee0011223344';

/** Segments of a profile database. */
const resource = resourceEndpoints({
  one: 'segment',
  many: 'segments',
  collection: '/admin/v1/databases/:database_id/segments',
  parent,
  item,
  key,
  position: integer(),
  create: creationFields(segmentSettings),
  change: changeFields(segmentSettings),
  answer: {
    id: integer(),
    database_id: integer(),
    ...answerFields(segmentSettings),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create:
      'A condition is held against the fields of the database: what does not fit is refused by its path.',
    change: 'Programs that go by it take in who is in it now, and keep who was.',
    remove: 'Only a segment that no program goes by can be deleted.',
  },
  example: {
    parent: { database_id: 1 },
    key: { id: 1 },
    create: adults,
    change: { name: 'Adults' },
    answer: {
      id: 1,
      database_id: 1,
      description: '',
      timezone: 'UTC',
      ...adults,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});

const searched = integer().describe('Profiles that were looked at.');
const after = optional(opaqueId()).describe('next_after of the answer before. Absent: from the beginning.');

const profiles = endpoint({
  method: 'GET',
  path: `${item}/profiles`,
  family,
  scope,
  summary: 'List the profiles in a segment',
  description:
    'The profiles that are in it at this moment, in order of profile_id. A page looks at 20,000 profiles ' +
    'at most, so it may be short, or empty, and not the last: go on until next_after is null.',
  request: object({
    ...key,
    after,
    limit: optional(integer({ min: 1, max: 1_000 })).describe('Rows of a page, 1 to 1000. Absent: 100.'),
  }),
  response: object({
    items: list(object({ profile_id: opaqueId() })),
    searched,
    next_after: nullable(opaqueId()),
  }),
  refusals: ['resource_not_found'],
  examples: [
    {
      request: { id: 1 },
      response: { items: [{ profile_id: profileId }], searched: 2, next_after: null },
    },
  ],
});

const count = endpoint({
  method: 'GET',
  path: `${item}/count`,
  family,
  scope,
  summary: 'Count the profiles in a segment',
  description:
    'How many profiles are in it at this moment. If there are too many to be looked at in the time of a ' +
    'request, next_after says where to go on, and the counts are to be added up.',
  request: object({ ...key, after }),
  response: object({ count: integer(), searched, next_after: nullable(opaqueId()) }),
  refusals: ['resource_not_found'],
  examples: [{ request: { id: 1 }, response: { count: 1, searched: 2, next_after: null } }],
});

const test = endpoint({
  method: 'POST',
  path: `${item}/test`,
  family,
  scope,
  summary: 'Say whether a profile is in a segment, and why not',
  description:
    'unmet has the comparisons that would have to turn out otherwise: field, operator, value, and as fact ' +
    'what the profile has instead. It is empty when the profile is in the segment.',
  request: request({ ...key }, { matching: matching() }),
  response: object({ profile_id: opaqueId(), is_in: flag(), unmet: list(jsonObject()) }),
  refusals: ['resource_not_found', 'field_unknown', 'profile_not_found', 'profile_ambiguous'],
  examples: [
    {
      request: { id: 1, matching: 'email', email: 'ann@example.com' },
      response: {
        profile_id: profileId,
        is_in: false,
        unmet: [{ field: '_bdate.years', operator: 'gte', value: 18, fact: 16 }],
      },
    },
  ],
});

export const adminSegments = { ...resource, profiles, count, test };
