import type { adminPromoCodePools } from '../../../contract/admin/promo-code-pools';
import { changePool, createPool, deletePool, poolValues } from '../../../db/commands/promo-code-pools';
import { generateCodes } from '../../../db/commands/promo-codes';
import { findPool, listPools, type PoolRow } from '../../../db/queries/promo-code-pools';
import { listCodes } from '../../../db/queries/promo-codes';
import { type Refusal, refuse } from '../../../domain/refusal';
import { withoutPassword, withPassword } from '../../../domain/secret-url';
import { isObjection } from '../../../domain/settings';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { change, found, given, pageOf } from './change';

const resource = 'Promo code pool';
const defaultLimit = 100;

export function createAdminPromoCodePoolHandlers(
  dependencies: Dependencies,
): Handlers<typeof adminPromoCodePools> {
  const { db, gateway } = dependencies;
  return {
    list: async (input) => pageOf(await listPools(db), ({ id }) => id, input, answer),
    async create(values) {
      return answerOr(await change(dependencies, (tx) => createPool(tx, values)));
    },
    read: async ({ id }) => answerOr(found(await findPool(db, id), resource, id)),
    async change({ id, remote_url: url, ...values }) {
      const before = url ? await findPool(db, id) : undefined;
      const remote_url = url && withPassword(url, before?.remote_url);
      const row = await change(dependencies, (tx) => changePool(tx, id, given({ ...values, remote_url })));
      return answerOr(row ?? found(row, resource, id));
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deletePool(tx, id));
      return answerOr(row ?? found(row, resource, id));
    },

    async generate({ id, count }, { now }) {
      const made = await generateCodes(db, id, count, now);
      if (!made) return refuse('resource_not_found', { resource, id });
      if (isObjection(made)) return refuse('conflict', { problem: made.problem });
      return {
        generated: made.length,
        discarded_by_limit: count - made.length,
        items: made.map((code) => ({ code })),
      };
    },

    async fetchCodes({ id, count }) {
      const pool = await findPool(db, id);
      if (!pool) return refuse('resource_not_found', { resource, id });
      const fetched = await gateway.fetchPromoCodes(id, count ?? pool.remote_count);
      if (!fetched) return refuse('resource_not_found', { resource, id });
      if (!('problem' in fetched)) return fetched;
      return refuse('conflict', { problem: `No codes could be fetched: ${fetched.problem}` });
    },

    async codes({ id, state, after = '0', limit = defaultLimit }, { now }) {
      if (!/^\d{1,18}$/.test(after)) {
        const problem = `after: expected next_after of the page before, got "${after}"`;
        return refuse('bad_request', { problem });
      }
      if (!(await findPool(db, id))) return refuse('resource_not_found', { resource, id });
      const rows = await listCodes(db, id, after, state ?? null, now, limit + 1);
      const page = rows.slice(0, limit);
      return {
        items: page.map(({ code_id: _, ...row }) => row),
        next_after: rows.length > limit ? (page.at(-1)?.code_id ?? null) : null,
      };
    },
  };
}

function answerOr<R extends Refusal>(row: PoolRow | R) {
  return 'refusal' in row ? row : answer(row);
}

function answer(row: PoolRow) {
  const { id, codes_count, created_at, updated_at } = row;
  const { remote_url, ...values } = poolValues(row);
  const shown = remote_url === null ? null : withoutPassword(remote_url);
  return { id, ...values, remote_url: shown, codes_count, created_at, updated_at };
}
