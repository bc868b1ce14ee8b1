import { z } from 'zod';
import { webhookColumns, webhookRow } from '../queries/webhooks';
import { command, queryFirst, queryOne } from '../query';

/** Makes a webhook; it is told of everything from now on. */
export const insertWebhook = queryOne({
  name: 'webhook-insert',
  parameters: [
    z.string(),
    z.string(),
    z.array(z.string()).nullable(),
    z.int().nullable(),
    z.boolean(),
    z.string(),
  ],
  row: webhookRow,
  text: `
    insert into feed.webhooks as w (name, url, types, program_id, is_active, secret)
    values ($1, $2, $3, $4, $5, $6)
    returning ${webhookColumns}`,
});

export const updateWebhook = queryFirst({
  name: 'webhook-update',
  parameters: [
    z.int(),
    z.string(),
    z.string(),
    z.array(z.string()).nullable(),
    z.int().nullable(),
    z.boolean(),
  ],
  row: webhookRow,
  text: `
    update feed.webhooks w
    set name = $2, url = $3, types = $4, program_id = $5, is_active = $6, updated_at = now()
    where w.id = $1
    returning ${webhookColumns}`,
});

/** Its deliveries go with it. */
export const deleteWebhook = queryFirst({
  name: 'webhook-delete',
  parameters: [z.int()],
  row: webhookRow,
  text: `delete from feed.webhooks w where w.id = $1 returning ${webhookColumns}`,
});

/** Gives a webhook a new secret; the one before signs too until $3. */
export const rotateWebhookSecret = queryFirst({
  name: 'webhook-rotate-secret',
  parameters: [z.int(), z.string(), z.string()],
  row: webhookRow,
  text: `
    update feed.webhooks w
    set secret = $2, old_secret = w.secret, old_secret_until = $3::timestamptz, updated_at = now()
    where w.id = $1
    returning ${webhookColumns}`,
});

/** Lets what is waiting or dead be tried at once; only these events, unless $2 is null. */
export const replayDeliveries = command({
  name: 'deliveries-replay',
  parameters: [z.int(), z.array(z.string()).nullable(), z.string()],
  text: `
    update feed.deliveries
    set state = 'waiting', attempts = 0, first_failed_at = null, next_at = $3::timestamptz
    where webhook_id = $1 and ($2::text[] is null or turn::text || '-' || event_id::text = any ($2::text[]))`,
});

/** Moves on what a webhook was told, if nobody else has meanwhile: 1, or 0 then. */
export const moveWebhook = command({
  name: 'webhook-move',
  parameters: [z.int(), z.string(), z.string(), z.string(), z.string(), z.string().nullable()],
  text: `
    update feed.webhooks set turn = $4::text::xid8, event_id = $5::bigint, probe_at = $6::timestamptz
    where id = $1 and turn = $2::text::xid8 and event_id = $3::bigint`,
});

export const deleteDelivered = command({
  name: 'deliveries-delete',
  parameters: [z.int(), z.array(z.string()), z.array(z.string()), z.array(z.string())],
  text: `
    delete from feed.deliveries d
    using unnest($2::text[], $3::text[], $4::text[]) as i(profile_id, turn, event_id)
    where d.webhook_id = $1 and d.profile_id = i.profile_id
      and d.turn = i.turn::xid8 and d.event_id = i.event_id::bigint`,
});

/** Keeps what has not arrived: as it says, whether it was kept before or not. */
export const keepDeliveries = command({
  name: 'deliveries-keep',
  parameters: [z.int(), z.string()],
  text: `
    insert into feed.deliveries
      (webhook_id, profile_id, turn, event_id, state, attempts, first_failed_at, next_at, last_status,
       last_error)
    select
      $1, i.profile_id, i.turn::xid8, i.event_id, i.state::feed.delivery_state, i.attempts, i.first_failed_at,
      i.next_at, i.last_status, i.last_error
    from jsonb_to_recordset($2::jsonb) as i(
      profile_id text, turn text, event_id bigint, state text, attempts int, first_failed_at timestamptz,
      next_at timestamptz, last_status int, last_error text
    )
    on conflict (webhook_id, profile_id, turn, event_id) do update set
      state = excluded.state, attempts = excluded.attempts, first_failed_at = excluded.first_failed_at,
      next_at = excluded.next_at, last_status = excluded.last_status, last_error = excluded.last_error`,
});
