import { eventTypes } from '../../domain/event';
import { endpoint } from '../endpoint';
import {
  choice,
  flag,
  integer,
  list,
  nullable,
  object,
  opaqueId,
  optional,
  text,
  timestamp,
} from '../fields';
import { answerFields, changeFields, creationFields, setting } from '../settings';
import { listEndpoint, resourceEndpoints } from './resource';

const family = 'admin';
const scope = 'admin';
const item = '/admin/v1/webhooks/:id';
const key = { id: integer({ min: 1 }).describe('Id of the webhook.') };

const webhookSettings = {
  name: setting('Name for people.', text(255)),
  url: setting('Where events are sent to: https, unless WEBHOOKS_ALLOW_PRIVATE is set.', text(2_000)),
  types: setting(
    'Types of events it is told of; null: of all, also of those to come.',
    nullable(list(choice(eventTypes), { min: 1, max: eventTypes.length })),
    null,
  ),
  program_id: setting('The program it is told of; null: of all, and of profiles.', nullable(integer()), null),
  is_active: setting('Whether anything is sent. Switched on again, it is sent what it missed.', flag(), true),
};

const answer = {
  id: integer(),
  ...answerFields(webhookSettings),
  waiting: integer().describe('Events that did not arrive yet, and those behind them.'),
  dead: integer().describe('Events that did not arrive in three days.'),
  missed_until: nullable(timestamp()).describe(
    'Events up to then were deleted (EVENTS_KEEP_DAYS) before they had arrived. null: none.',
  ),
  created_at: timestamp(),
  updated_at: timestamp(),
};
const secret = text(255).describe('Signs what is sent, by the Standard Webhooks scheme; shown this once.');

const crm = {
  id: 1,
  name: 'CRM',
  url: 'https://crm.example.com/hooks/loyalty',
  types: ['loyalty_points_accrued', 'loyalty_points_redeemed'],
  program_id: 1,
  is_active: true,
  waiting: 0,
  dead: 0,
  missed_until: null,
  created_at: '2025-02-01T08:00:00Z',
  updated_at: '2025-02-01T08:00:00Z',
};
const { name, url, types, program_id } = crm;
const shownSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';

const resource = resourceEndpoints({
  one: 'webhook',
  many: 'webhooks',
  collection: '/admin/v1/webhooks',
  parent: {},
  item,
  key,
  position: integer(),
  create: {},
  change: changeFields(webhookSettings),
  answer,
  notes: {
    create: '',
    change: 'What was sent wrongly before can be replayed.',
    remove: 'What was not delivered yet is not delivered any more.',
  },
  example: {
    parent: {},
    key: { id: 1 },
    create: {},
    change: { url },
    answer: crm,
  },
});

const create = endpoint({
  method: 'POST',
  path: '/admin/v1/webhooks',
  family,
  scope,
  summary: 'Create a webhook',
  description:
    'It is sent every event from now on, at least once, by POST in JSON, signed by the Standard Webhooks ' +
    'scheme (standardwebhooks.com). webhook-id is the event_id, the same at every attempt. A status of 2xx ' +
    'says that it arrived; otherwise it is tried again for three days. Events of one profile come in order.',
  request: object(creationFields(webhookSettings)),
  response: object({ ...answer, secret }),
  refusals: [],
  status: 201,
  examples: [{ request: { name, url, types, program_id }, response: { ...crm, secret: shownSecret } }],
});

const rotateSecret = endpoint({
  method: 'POST',
  path: `${item}/rotate_secret`,
  family,
  scope,
  summary: 'Give a webhook a new secret',
  description: 'For a while both secrets sign, so that receivers can change over without losing anything.',
  request: object({
    ...key,
    overlap_sec: optional(integer({ max: 2_592_000 })).describe(
      'Seconds for which the secret before signs too, up to 30 days. Absent: 86400.',
    ),
  }),
  response: object({ ...answer, secret }),
  refusals: ['resource_not_found'],
  examples: [{ request: { id: 1, overlap_sec: 3600 }, response: { ...crm, secret: shownSecret } }],
});

const test = endpoint({
  method: 'POST',
  path: `${item}/test`,
  family,
  scope,
  summary: 'Try a webhook',
  description: 'Sends an event of type webhook_test, about nobody and with is_test, and says how that went.',
  request: object(key),
  response: object({
    delivered: flag(),
    status: nullable(integer()).describe('HTTP status of the receiver, if it answered.'),
    error: nullable(text(10_000)).describe('What was wrong, if it was not delivered.'),
  }),
  refusals: ['resource_not_found'],
  examples: [{ request: { id: 1 }, response: { delivered: false, status: 404, error: 'HTTP status 404' } }],
});

const deliveries = listEndpoint({
  many: 'deliveries of a webhook that failed',
  collection: `${item}/deliveries`,
  parent: { ...key, state: choice(['waiting', 'dead']).describe('waiting: tried again; dead: no more.') },
  answer: {
    event_id: opaqueId(),
    event_type: text(255),
    event_date: timestamp(),
    profile_id: opaqueId(),
    attempts: integer(),
    first_failed_at: nullable(timestamp()),
    next_attempt_at: nullable(timestamp()),
    last_status: nullable(integer()),
    last_error: nullable(text(10_000)),
  },
  position: opaqueId(),
  example: {
    parent: { id: 1, state: 'dead' },
    answer: {
      event_id: '7440-131',
      event_type: 'loyalty_points_redeemed',
      event_date: '2025-03-01T08:00:00.123Z',
      profile_id: '65f0aa00c0ffee0011223344',
      attempts: 75,
      first_failed_at: '2025-03-01T08:00:01.002Z',
      next_attempt_at: null,
      last_status: 500,
      last_error: 'HTTP status 500',
    },
  },
});

const replay = endpoint({
  method: 'POST',
  path: `${item}/replay`,
  family,
  scope,
  summary: 'Deliver once more what failed',
  description:
    'Deliveries that are dead, or wait for their next attempt, are tried at once and for three days.',
  request: object({
    ...key,
    event_ids: optional(list(opaqueId(), { min: 1, max: 1_000 })).describe('Absent: all that failed.'),
  }),
  response: object({ replayed: integer().describe('How many there were.') }),
  refusals: ['resource_not_found'],
  examples: [{ request: { id: 1, event_ids: ['7440-131'] }, response: { replayed: 1 } }],
});

/** Receivers of events. */
export const adminWebhooks = { ...resource, create, rotateSecret, test, deliveries, replay };
