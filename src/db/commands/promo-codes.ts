import { randomInt } from 'node:crypto';
import type { Pool } from 'pg';
import { capacityOf, makeCode, readTemplate } from '../../domain/code-template';
import { type CodeReason, isIssuing, judgeCode, type PromoCode, whySpent } from '../../domain/promo-code';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import type { Objection } from '../../domain/settings';
import { findPool, type PoolRow } from '../queries/promo-code-pools';
import { promoCodesOf } from '../queries/promo-codes';
import type { Queryable } from '../query';
import { inTransaction } from '../transaction';
import {
  detachCode,
  findSharedCode,
  insertCodes,
  keepProfile,
  lockCodes,
  lockFreeCode,
  lockNewCodes,
  lockPoolForCodes,
  setCodeExpiry,
  takeCodes,
  unuseCode,
} from './promo-code-statements';

/** What became of a code that was to be added. */
export type AddOutcome = 'inserted' | 'duplicated' | 'discarded';

/** A code named in a pool. */
export interface NamedCode {
  pool: PoolRow;
  code: string;
}

/** So many codes in one statement: none of them takes long, however busy the database is. */
const codesAtOnce = 10_000;

/** Adds codes to a pool, all at once; answers one outcome each, in order. Throws DatabaseUnavailable. */
export async function importCodes(
  db: Pool,
  { id, database_id }: PoolRow,
  codes: readonly string[],
  at: string,
): Promise<AddOutcome[]> {
  return inTransaction(db, '', (tx) => addCodes(tx, id, database_id, codes, at));
}

async function addCodes(
  tx: Queryable,
  poolId: number,
  databaseId: number,
  codes: readonly string[],
  at: string,
): Promise<AddOutcome[]> {
  await lockNewCodes(tx, databaseId);
  const pool = await lockPoolForCodes(tx, poolId);
  if (!pool) throw new Error(`Promo code pool ${poolId} vanished`);
  const outcomes = codes.map((): AddOutcome => 'inserted');
  let room = roomIn(pool);
  for (let start = 0; start < codes.length; start += codesAtOnce) {
    const some = codes.slice(start, start + codesAtOnce);
    const left = await insertCodes(tx, poolId, some, room, at);
    for (const { place, is_duplicate } of left) {
      outcomes[start + place - 1] = is_duplicate ? 'duplicated' : 'discarded';
    }
    room -= some.length - left.length;
  }
  return outcomes;
}

function roomIn({ max_codes, codes_count }: PoolRow): number {
  return (max_codes ?? 2_147_483_647) - codes_count;
}

/**
 * Makes codes from the template of a pool and adds them, as many as it has room for; answers them. undefined
 * if there is no such pool. Objections: no template, or one that makes too few. Throws DatabaseUnavailable.
 */
export async function generateCodes(
  db: Pool,
  poolId: number,
  count: number,
  at: string,
): Promise<string[] | Objection | undefined> {
  const known = await findPool(db, poolId);
  if (!known) return undefined;
  return inTransaction(db, '', async (tx) => {
    await lockNewCodes(tx, known.database_id);
    const pool = await lockPoolForCodes(tx, poolId);
    if (!pool) return undefined;
    const template = pool.template === null ? null : readTemplate(pool.template);
    if (!template || 'problem' in template) return conflict(`promo code pool ${poolId} has no template`);
    const wanted = Math.min(count, roomIn(pool));
    const capacity = capacityOf(template);
    if (BigInt(pool.codes_count + wanted) > capacity) {
      const safe = `${pool.template} is safe from guessing for at most ${capacity} codes`;
      return conflict(`template: ${safe}, the pool has ${pool.codes_count} and is to get ${wanted}`);
    }
    const made: string[] = [];
    while (made.length < wanted) {
      const some = Array.from({ length: wanted - made.length }, () => makeCode(template, randomInt));
      const outcomes = await addCodes(tx, poolId, pool.database_id, some, at);
      made.push(...some.filter((_, index) => outcomes[index] === 'inserted'));
    }
    return made;
  });
}

const conflict = (problem: string): Objection => ({ objection: 'conflict', path: [], problem });

type IssueRefusal = Refusal<'promo_pool_inactive' | 'promo_pool_closed'>;
type SpentRefusal = Refusal<
  'promo_code_activated' | 'promo_code_expired' | 'promo_code_used_up' | 'promo_pool_inactive'
>;
type AttachRefusal =
  | IssueRefusal
  | SpentRefusal
  | Refusal<
      | 'profile_not_found'
      | 'promo_code_attached'
      | 'promo_code_elsewhere'
      | 'promo_pool_full'
      | 'promo_pool_empty'
    >;

/** Who gets a code; `shown` is for refusals: 'email "ann@example.com"'. */
interface Recipient {
  profile_id: string;
  shown: string;
}

/**
 * Attaches a code of a pool to a profile: this one, which is added if nobody knows it, or any that is free.
 * Answers the code. Throws DatabaseUnavailable.
 */
export async function attachCode(
  db: Pool,
  pool: PoolRow,
  code: string | undefined,
  { profile_id, shown }: Recipient,
  at: string,
): Promise<{ code: string } | AttachRefusal> {
  if (!pool.is_active) return refuse('promo_pool_inactive', { pool: pool.id });
  if (!isIssuing(pool, at)) return refuse('promo_pool_closed', { pool: pool.id });
  return inTransaction(db, '', async (tx) => {
    if (!(await keepProfile(tx, profile_id))) return refuse('profile_not_found', { matching: shown });
    const chosen =
      code === undefined
        ? await lockAnyCode(tx, pool, profile_id, at)
        : await lockForAttaching(tx, { pool, code }, profile_id, at);
    if (isRefusal(chosen)) return chosen;
    if (!('is_held' in chosen && chosen.is_held))
      await takeCodes(tx, [chosen.code_id], [], profile_id, null, at);
    return { code: chosen.code };
  });
}

async function lockAnyCode(tx: Queryable, pool: PoolRow, profileId: string, at: string) {
  const none = () => refuse('promo_pool_empty', { pool: pool.id });
  if (!pool.is_multi_use) return (await lockFreeCode(tx, pool.id, at)) ?? none();
  const found = await findSharedCode(tx, pool.id, at, profileId);
  return found ? lockForAttaching(tx, { pool, code: found.code }, profileId, at) : none();
}

async function lockForAttaching(tx: Queryable, named: NamedCode, profileId: string, at: string) {
  const { pool, code } = named;
  let found = await lockCode(tx, pool.database_id, code, profileId);
  if (!found) {
    const [outcome] = await addCodes(tx, pool.id, pool.database_id, [code], at);
    if (outcome === 'discarded') return refuse('promo_pool_full', { pool: pool.id });
    found = await lockCode(tx, pool.database_id, code, profileId);
  }
  if (!found) throw new Error('A promo code was added and is not there');
  if (found.pool_id !== pool.id) return refuse('promo_code_elsewhere', { code, pool: pool.id });
  if (!found.is_multi_use && found.holders > 0) return refuse('promo_code_attached', { code });
  const reason = whySpent(found, at);
  return reason ? refuseSpent(reason, found) : found;
}

/** The code as it stands for a profile, and it stays so until the end. */
async function lockCode(
  tx: Queryable,
  databaseId: number,
  code: string,
  profileId: string | null,
): Promise<PromoCode | undefined> {
  await lockCodes(tx, databaseId, [code]);
  const [found] = await promoCodesOf(tx, { codes: [code], databaseId, profileId });
  return found?.code_id ? found : undefined;
}

function refuseSpent(reason: NonNullable<ReturnType<typeof whySpent>>, found: PromoCode): SpentRefusal {
  const { code, pool_id: pool } = found;
  if (reason === 'activated') return refuse('promo_code_activated', { code });
  if (reason === 'expired') return refuse('promo_code_expired', { code });
  if (reason === 'pool_inactive') return refuse('promo_pool_inactive', { pool });
  return refuse('promo_code_used_up', { code });
}

/** As lockCode, of this pool, for whoever has it alone. */
async function lockNamed(
  tx: Queryable,
  { pool, code }: NamedCode,
): Promise<PromoCode | Refusal<'promo_code_not_found'>> {
  const found = await lockCode(tx, pool.database_id, code, null);
  if (found?.pool_id !== pool.id) return refuse('promo_code_not_found', { code, pool: pool.id });
  if (found.holder === null) return found;
  return (await lockCode(tx, pool.database_id, code, found.holder)) ?? found;
}

type NotFound = Refusal<'promo_code_not_found'>;
type NotAttached = Refusal<'promo_code_not_attached'>;

/** Activates a code that is attached: a personal one once. Throws DatabaseUnavailable. */
export async function activateCode(
  db: Pool,
  named: NamedCode,
  at: string,
): Promise<Record<never, never> | NotFound | NotAttached | SpentRefusal> {
  return inTransaction(db, '', async (tx) => {
    const found = await lockNamed(tx, named);
    if (isRefusal(found)) return found;
    if (found.holders === 0) return refuse('promo_code_not_attached', { code: found.code });
    const reason = whySpent(found, at);
    if (reason) return refuseSpent(reason, found);
    await takeCodes(tx, [], [found.code_id], found.holder, null, at);
    return {};
  });
}

/** Sets when a code expires, and whether it counts as activated. Throws DatabaseUnavailable. */
export async function updateCode(
  db: Pool,
  named: NamedCode,
  change: { activated?: boolean | undefined; expire_date?: string | undefined },
  at: string,
): Promise<Record<never, never> | NotFound | NotAttached> {
  return inTransaction(db, '', async (tx) => {
    const found = await lockNamed(tx, named);
    if (isRefusal(found)) return found;
    const { code, code_id, holders, holder, uses } = found;
    if (change.activated && uses === 0 && holders === 0) return refuse('promo_code_not_attached', { code });
    if (change.expire_date !== undefined) await setCodeExpiry(tx, code_id, change.expire_date);
    if (change.activated === false && uses > 0) await unuseCode(tx, code_id);
    if (change.activated && uses === 0) await takeCodes(tx, [], [code_id], holder, null, at);
    return {};
  });
}

/** Detaches a code from the one profile that has it. Throws DatabaseUnavailable. */
export async function releaseCode(
  db: Pool,
  named: NamedCode,
  profileId: string,
): Promise<
  Record<never, never> | NotFound | NotAttached | Refusal<'promo_code_shared' | 'promo_code_not_of_profile'>
> {
  return inTransaction(db, '', async (tx) => {
    const found = await lockNamed(tx, named);
    if (isRefusal(found)) return found;
    const { code, holders, holder } = found;
    if (holders === 0) return refuse('promo_code_not_attached', { code });
    if (holders > 1) return refuse('promo_code_shared', { code });
    if (holder !== profileId) return refuse('promo_code_not_of_profile', { code });
    await detachCode(tx, found.code_id);
    return {};
  });
}

/** What a profile uses with an order. */
export interface CodeUse {
  codes: readonly string[];
  profileId: string;
  orderExternalId: string;
  /** RFC 3339 UTC. */
  at: string;
}

/**
 * Activates codes of a profile's database for an order, in the caller's transaction; what the profile does
 * not have yet is attached to it first. Answers each code that cannot be activated, and why: the caller rolls
 * back then. Locks the profile against deletion and then the codes, in one order for everybody. Throws
 * DatabaseUnavailable.
 */
export async function activateCodes(
  client: Queryable,
  { codes, profileId, orderExternalId, at }: CodeUse,
): Promise<{ code: string; reason: CodeReason }[]> {
  if (codes.length === 0) return [];
  const texts = [...new Set(codes)];
  const profile = await keepProfile(client, profileId);
  if (!profile) return texts.map((code) => ({ code, reason: 'unknown' as const }));
  const databaseId = profile.database_id;
  await lockCodes(client, databaseId, texts);
  const found = await promoCodesOf(client, { codes: texts, databaseId, profileId });
  const failed = found.flatMap((code) => {
    const verdict = judgeCode(code, profileId, at);
    return verdict === 'usable' ? [] : [{ code: code.code, reason: verdict }];
  });
  if (failed.length > 0) return failed;
  const known = found.filter((code) => code.code_id !== null);
  const fresh = known.filter((code) => !code.is_held).map(({ code_id }) => code_id);
  const all = known.map(({ code_id }) => code_id);
  await takeCodes(client, fresh, all, profileId, orderExternalId, at);
  return [];
}
