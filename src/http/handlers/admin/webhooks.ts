import { randomBytes } from 'node:crypto';
import type { Catalog } from '../../../catalog';
import type { adminWebhooks } from '../../../contract/admin/webhooks';
import {
  deleteWebhook,
  insertWebhook,
  replayDeliveries,
  rotateWebhookSecret,
  updateWebhook,
} from '../../../db/commands/webhooks';
import { findWebhook, listDeliveries, listWebhooks } from '../../../db/queries/webhooks';
import { cursorOf, readCursor } from '../../../domain/event';
import { refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { found, given, pageOf } from './change';

const resource = 'Webhook';
const defaultOverlapSec = 86_400;
const defaultLimit = 100;

export function createAdminWebhookHandlers(dependencies: Dependencies): Handlers<typeof adminWebhooks> {
  const { db, catalog, gateway } = dependencies;
  const start = async (webhook: { id: number; is_active: boolean }) => {
    if (webhook.is_active) await gateway.startDelivery(webhook.id);
  };
  return {
    list: async (input) =>
      pageOf(
        await listWebhooks(db),
        ({ id }) => id,
        input,
        (row) => row,
      ),
    async create(input) {
      const problem = problemWith(catalog, input);
      if (problem !== undefined) return refuse('bad_request', { problem });
      const { name, url, types, program_id, is_active } = input;
      const secret = createSecret();
      const row = await insertWebhook(db, name, url, types, program_id, is_active, secret);
      await start(row);
      return { ...row, secret };
    },
    read: async ({ id }) => found(await findWebhook(db, id), resource, id),
    async change({ id, ...input }) {
      const row = await findWebhook(db, id);
      if (!row) return found(row, resource, id);
      const { name, url, types, program_id, is_active } = { ...row, ...given(input) };
      const problem = problemWith(catalog, { url, program_id });
      if (problem !== undefined) return refuse('bad_request', { problem });
      const changed = await updateWebhook(db, id, name, url, types, program_id, is_active);
      if (changed) await start(changed);
      return found(changed, resource, id);
    },
    remove: async ({ id }) => found(await deleteWebhook(db, id), resource, id),
    async rotateSecret({ id, overlap_sec = defaultOverlapSec }, { now }) {
      const secret = createSecret();
      const until = new Date(Date.parse(now) + overlap_sec * 1_000).toISOString();
      const row = await rotateWebhookSecret(db, id, secret, until);
      return row ? { ...row, secret } : found(row, resource, id);
    },
    test: async ({ id }) => found(await gateway.tryWebhook(id), resource, id),
    async deliveries({ id, state, after, limit = defaultLimit }) {
      const from = readCursor(after ?? '0-0');
      if (!from) return refuse('bad_request', { problem: 'after: expected next_after of the page before' });
      if (!(await findWebhook(db, id))) return refuse('resource_not_found', { resource, id });
      const rows = await listDeliveries(db, id, state, from.turn, from.event_id, limit + 1);
      const page = rows.slice(0, limit).map(({ turn, ...row }) => ({
        ...row,
        event_id: cursorOf({ turn, event_id: row.event_id }),
      }));
      return { items: page, next_after: rows.length > limit ? (page.at(-1)?.event_id ?? null) : null };
    },
    async replay({ id, event_ids }, { now }) {
      if (!(await findWebhook(db, id))) return refuse('resource_not_found', { resource, id });
      return { replayed: await replayDeliveries(db, id, event_ids ?? null, now) };
    },
  };
}

function createSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function problemWith(
  catalog: Catalog,
  { url, program_id }: { url: string; program_id: number | null },
): string | undefined {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isFit = target && /^https?:$/.test(target.protocol) && !target.username && !target.password;
  if (!isFit) return 'url: expected a URL such as "https://example.com/hooks", without user and password';
  const isKnown = program_id === null || catalog.program(program_id);
  return isKnown ? undefined : `program_id: program ${program_id} does not exist`;
}
