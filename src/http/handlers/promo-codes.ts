import { importOutcomes, type promoCodes } from '../../contract/promo-codes';
import {
  activateCode,
  attachCode,
  importCodes,
  releaseCode,
  updateCode,
} from '../../db/commands/promo-codes';
import { findProfile } from '../../db/queries/profiles';
import { findPool, type PoolRow } from '../../db/queries/promo-code-pools';
import { listAllCodes, promoCodesOf } from '../../db/queries/promo-codes';
import type { Access } from '../../domain/catalog';
import { type Match, searchFor } from '../../domain/matching';
import { isExpired } from '../../domain/promo-code';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import type { Handlers } from '../handler';
import { findDatabase, mayUseDatabase } from './database';
import type { Dependencies } from './target';

const done = { data: null };

/** Others may be quicker to take what was fetched. */
const mostFetches = 5;

interface Target {
  pool: PoolRow;
  profile_id: string;
  shown: string;
}

export function createPromoCodeHandlers({ db, catalog, gateway }: Dependencies): Handlers<typeof promoCodes> {
  return {
    async import({ codes, loyalty_id }, { access, now }) {
      const pool = await poolOf(loyalty_id, access);
      if (isRefusal(pool)) return pool;
      const outcomes = await importCodes(db, pool, codes, now);
      const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
      return {
        data: outcomes.map((outcome, index) => ({ code: codes[index] ?? '', ...importOutcomes[outcome] })),
        discarded_by_limit: count('discarded'),
        duplicated: count('duplicated'),
        inserted: count('inserted'),
      };
    },

    async get({ code, loyalty_id }, { access, now }) {
      const pool = await poolOf(loyalty_id, access);
      if (isRefusal(pool)) return pool;
      const asked = { codes: [code], databaseId: pool.database_id, profileId: null };
      const [found] = await promoCodesOf(db, asked);
      if (!found?.code_id || found.pool_id !== pool.id) {
        return refuse('promo_code_not_found', { code, pool: pool.id });
      }
      const { holders, holder, uses, expires_at } = found;
      const hasExpired = isExpired(found, now);
      return {
        data: {
          created: found.created_at,
          is_attached: holders > 0,
          is_activated: uses > 0,
          is_expired: hasExpired,
          attached: found.attached_at ?? '',
          activated: found.activated_at ?? '',
          expired: hasExpired ? (expires_at ?? '') : '',
          expire_date: expires_at ?? '',
          loyalty_id: pool.id,
          code: found.code,
          ...(holders > 0 && { database_id: pool.database_id }),
          ...(holder !== null && { profile_id: holder }),
        },
      };
    },

    async activate({ code, loyalty_id }, { access, now }) {
      const pool = await poolOf(loyalty_id, access);
      if (isRefusal(pool)) return pool;
      return orDone(await activateCode(db, { pool, code }, now));
    },

    async update({ code, loyalty_id, activated, expire_date }, { access, now }) {
      const pool = await poolOf(loyalty_id, access);
      if (isRefusal(pool)) return pool;
      return orDone(await updateCode(db, { pool, code }, { activated, expire_date }, now));
    },

    async attach(input, { access, now }) {
      const target = await targetOf(input, access);
      if (isRefusal(target)) return target;
      const attached = await attachOrFetch(target, input.code, now);
      return isRefusal(attached) ? attached : { ...done, code: attached.code };
    },

    async detach(input, { access }) {
      const target = await targetOf(input, access);
      if (isRefusal(target)) return target;
      const named = { pool: target.pool, code: input.code };
      return orDone(await releaseCode(db, named, target.profile_id));
    },

    async exportAll({ loyalty_id }, { access }) {
      const pool = await poolOf(loyalty_id, access);
      if (isRefusal(pool)) return pool;
      const rows = await listAllCodes(db, pool.id);
      return {
        data: rows.map(({ code, attached_at, activated_at }) => ({
          code,
          ...(attached_at !== null && { attached: attached_at }),
          ...(activated_at !== null && { activated: activated_at }),
        })),
      };
    },
  };

  /** As attachCode; while none is free, some are fetched from where the pool says. */
  async function attachOrFetch({ pool, ...profile }: Target, code: string | undefined, now: string) {
    for (let round = 1; ; round += 1) {
      const attached = await attachCode(db, pool, code, profile, now);
      const isEmpty = isRefusal(attached) && attached.refusal === 'promo_pool_empty';
      if (!isEmpty || pool.remote_url === null || round > mostFetches) return attached;
      const fetched = await gateway.fetchPromoCodes(pool.id, pool.remote_count);
      if (!fetched || 'problem' in fetched || fetched.inserted === 0) return attached;
    }
  }

  /** The pool a request names, if the token may use its database. */
  async function poolOf(
    id: number,
    access: Access,
  ): Promise<PoolRow | Refusal<'promo_pool_not_found' | 'database_not_allowed'>> {
    const pool = await findPool(db, id);
    if (!pool) return refuse('promo_pool_not_found', { pool: id });
    if (mayUseDatabase(catalog, access, pool.database_id)) return pool;
    return refuse('database_not_allowed', { database: pool.database_id });
  }

  /** The pool and the profile of a request, which must be of the same database. */
  async function targetOf(input: { db_id: number; loyalty_id: number; matching: Match }, access: Access) {
    const database = findDatabase(catalog, access, input.db_id);
    if (isRefusal(database)) return database;
    const pool = await findPool(db, input.loyalty_id);
    if (!pool) return refuse('promo_pool_not_found', { pool: input.loyalty_id });
    if (pool.database_id !== database.id) {
      return refuse('promo_pool_foreign', { pool: pool.id, database: database.id });
    }
    const search = searchFor(database, input.matching);
    if (isRefusal(search)) return search;
    const profile = await findProfile(db, database.id, search);
    return isRefusal(profile) ? profile : { pool, profile_id: profile.profile_id, shown: search.shown };
  }
}

function orDone<R extends Refusal>(outcome: Record<never, never> | R) {
  return isRefusal(outcome) ? (outcome as R) : done;
}
