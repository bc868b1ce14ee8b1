import { z } from 'zod';
import { type EventRow, eventTypes } from '../../domain/event';
import { query, queryFirst, queryOne } from '../query';
import { eventRow, eventsText } from './events';

export const webhookColumns = `
  w.id, w.name, w.url, w.types, w.program_id, w.is_active, w.missed_until, w.created_at, w.updated_at,
  (select count(*)::int from feed.deliveries d where d.webhook_id = w.id and d.state = 'waiting') as waiting,
  (select count(*)::int from feed.deliveries d where d.webhook_id = w.id and d.state = 'dead') as dead`;

export const webhookRow = z.object({
  id: z.int(),
  name: z.string(),
  url: z.string(),
  types: z.array(z.enum(eventTypes)).nullable(),
  program_id: z.int().nullable(),
  is_active: z.boolean(),
  missed_until: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  waiting: z.int(),
  dead: z.int(),
});

/** All of them, without their secrets. */
export const listWebhooks = query({
  name: 'webhooks-list',
  parameters: [],
  row: webhookRow,
  text: `select ${webhookColumns} from feed.webhooks w order by w.id`,
});

export const findWebhook = queryFirst({
  name: 'webhook-find',
  parameters: [z.int()],
  row: webhookRow,
  text: `select ${webhookColumns} from feed.webhooks w where w.id = $1`,
});

/** What it takes to deliver: also the secrets to sign with at $2, and how far delivery has come. */
export const findReceiver = queryFirst({
  name: 'webhook-receiver',
  parameters: [z.int(), z.string()],
  row: z.object({
    id: z.int(),
    url: z.string(),
    types: z.array(z.string()).nullable(),
    program_id: z.int().nullable(),
    is_active: z.boolean(),
    secrets: z.array(z.string()),
    turn: z.string(),
    event_id: z.string(),
    probe_at: z.string().nullable(),
  }),
  text: `
    select
      id, url, types, program_id, is_active,
      case when old_secret_until > $2::timestamptz then array[secret, old_secret] else array[secret] end
        as secrets,
      turn::text as turn, event_id::text as event_id, probe_at
    from feed.webhooks where id = $1`,
});

/** How many deliveries of a webhook wait to be tried again. */
export const countWaiting = queryOne({
  name: 'deliveries-count-waiting',
  parameters: [z.int()],
  row: z.object({ waiting: z.int() }),
  text: `
    select count(*)::int as waiting from feed.deliveries where webhook_id = $1 and state = 'waiting'`,
});

/** Those of the profiles that have deliveries waiting, behind which everything of theirs must wait. */
export const listHeldUp = query({
  name: 'deliveries-held-up',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({ profile_id: z.string() }),
  text: `
    select distinct profile_id from feed.deliveries
    where webhook_id = $1 and state = 'waiting' and profile_id = any ($2::text[])`,
});

/** The first waiting deliveries of the profiles whose first is due at $2, in order. */
export const listDueEvents = query({
  name: 'deliveries-due',
  parameters: [z.int(), z.string(), z.int()],
  row: eventRow,
  text: eventsText(`
    select v.* from (
      select first.profile_id from (
        select distinct on (profile_id) profile_id, next_at from feed.deliveries
        where webhook_id = $1 and state = 'waiting' order by profile_id, turn, event_id
      ) first
      where first.next_at <= $2::timestamptz order by first.next_at limit $3::int
    ) due
    cross join lateral (
      select d.turn, d.event_id from feed.deliveries d
      where d.webhook_id = $1 and d.state = 'waiting' and d.profile_id = due.profile_id
      order by d.turn, d.event_id limit 20
    ) d
    join feed.events v on v.turn = d.turn and v.event_id = d.event_id`),
}) satisfies (...values: never[]) => Promise<EventRow[]>;

/** How often the deliveries have failed: of events named by turn and number, side by side. */
export const listFailures = query({
  name: 'deliveries-failures',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({ cursor: z.string(), attempts: z.int(), first_failed_at: z.string().nullable() }),
  text: `
    select turn::text || '-' || event_id::text as cursor, attempts, first_failed_at from feed.deliveries
    where webhook_id = $1 and profile_id = any ($2::text[])`,
});

/** Deliveries in a state after a position, in order. */
export const listDeliveries = query({
  name: 'deliveries-list',
  parameters: [z.int(), z.string(), z.string(), z.string(), z.int()],
  row: z.object({
    turn: z.string(),
    event_id: z.string(),
    event_type: z.string(),
    event_date: z.string(),
    profile_id: z.string(),
    attempts: z.int(),
    first_failed_at: z.string().nullable(),
    next_attempt_at: z.string().nullable(),
    last_status: z.int().nullable(),
    last_error: z.string().nullable(),
  }),
  text: `
    select
      d.turn::text as turn, d.event_id::text as event_id, e.type as event_type, e.happened_at as event_date,
      d.profile_id, d.attempts, d.first_failed_at,
      case d.state when 'waiting' then d.next_at end as next_attempt_at, d.last_status, d.last_error
    from feed.deliveries d
    join feed.events e on e.turn = d.turn and e.event_id = d.event_id
    where d.webhook_id = $1 and d.state = $2::text::feed.delivery_state
      and (d.turn, d.event_id) > ($3::text::xid8, $4::bigint)
    order by d.turn, d.event_id limit $5::int`,
});
