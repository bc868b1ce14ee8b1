import type { Pool } from 'pg';
import { z } from 'zod';
import { checkCondition, compileCondition } from '../../domain/condition';
import { factsOf, segmentFactTypes } from '../../domain/goods-facts';
import { type CalculatedSegment, isCalculated, type Market } from '../../domain/market';
import type { Objection } from '../../domain/settings';
import { findGoods, listGoodsKeys } from '../queries/goods';
import { command, type Queryable, query, queryFirst } from '../query';
import { inTransaction } from '../transaction';

const lockSegment = queryFirst({
  name: 'goods-segment-lock',
  parameters: [z.string()],
  row: z.object({ entity_type: z.enum(['product', 'sku']), type: z.enum(['static', 'updatable']) }),
  text: 'select entity_type, type from market.segments where external_id = $1 for update',
});

const dropOthers = command({
  name: 'goods-segment-drop-others',
  parameters: [z.string(), z.array(z.int())],
  text: `
    delete from market.segment_goods g
    where g.segment = $1 and not exists (select from unnest($2::int[]) as id where id = g.goods_id)`,
});

const addGoods = command({
  name: 'goods-segment-add',
  parameters: [z.string(), z.array(z.int())],
  text: `
    insert into market.segment_goods (segment, goods_id)
    select $1, id from unnest($2::int[]) as id
    on conflict do nothing`,
});

const removeGoods = command({
  name: 'goods-segment-remove',
  parameters: [z.string(), z.array(z.int())],
  text: 'delete from market.segment_goods where segment = $1 and goods_id = any ($2::int[])',
});

const noteRun = command({
  name: 'goods-segment-note-run',
  parameters: [z.string(), z.string(), z.int(), z.int()],
  text: `
    insert into market.segment_runs (segment, calculated_at, looked_at, size)
    values ($1, $2::timestamptz, $3, $4)
    on conflict (segment) do update set
      calculated_at = excluded.calculated_at, looked_at = excluded.looked_at, size = excluded.size`,
});

const findIds = query({
  name: 'goods-segment-find-ids',
  parameters: [z.string(), z.array(z.string())],
  row: z.object({ id: z.int(), external_id: z.string() }),
  text: `
    select id, external_id from market.goods
    where entity_type = $1 and external_id = any ($2::text[]) and deleted_at is null`,
});

const pageSize = 1_000;

/**
 * Looks at all goods of the segment's entity and makes those its goods that meet its condition. `onProgress`
 * is told how many were looked at, and may throw to stop. null: there is no such segment to calculate, or a
 * field that it asks about is gone.
 */
export async function calculateSegment(
  pool: Pool,
  market: Market,
  externalId: string,
  now: string,
  onProgress: (lookedAt: number) => void = () => undefined,
): Promise<CalculatedSegment> {
  const segment = market.segments.get(externalId);
  if (!segment?.condition || !isCalculated(segment, now)) return null;
  const types = segmentFactTypes(market);
  if (checkCondition(segment.condition, types)) return null;
  const holds = compileCondition(segment.condition, types);
  const isProduct = segment.entity_type === 'product';
  const most = segment.most ?? Number.POSITIVE_INFINITY;
  const ids: number[] = [];
  let lookedAt = 0;
  let position = 0;
  while (ids.length < most) {
    const keys = await listGoodsKeys(pool, segment.entity_type, position, pageSize);
    const externalIds = keys.map(({ external_id }) => external_id);
    const found = await findGoods(pool, {
      products: isProduct ? externalIds : [],
      skus: isProduct ? [] : externalIds,
    });
    const goods = isProduct ? found.products : found.skus;
    for (const key of keys) {
      const one = goods.get(key.external_id);
      if (one && ids.length < most && holds(factsOf(one, types))) ids.push(one.id);
      position = key.id;
    }
    lookedAt += keys.length;
    onProgress(lookedAt);
    if (keys.length < pageSize) break;
  }
  return inTransaction(pool, '', async (db) => {
    if (!(await lockSegment(db, externalId))) return null;
    await dropOthers(db, externalId, ids);
    await addGoods(db, externalId, ids);
    await noteRun(db, externalId, now, lookedAt, ids.length);
    return { looked_at: lookedAt, size: ids.length };
  });
}

/**
 * Puts goods into a static segment and takes others out, by external id; undefined if there is no such one.
 * Objections: it is updatable; goods to put in that are not there.
 */
export async function changeSegmentGoods(
  db: Queryable,
  externalId: string,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): Promise<{ added: number; removed: number } | Objection | undefined> {
  const segment = await lockSegment(db, externalId);
  if (!segment) return undefined;
  if (segment.type !== 'static') {
    return { objection: 'conflict', path: [], problem: 'what is in an updatable segment is calculated' };
  }
  const known = await findIds(db, segment.entity_type, [...new Set([...add, ...remove])]);
  const ids = new Map(known.map(({ id, external_id }) => [external_id, id]));
  const strange = add.findIndex((it) => !ids.has(it));
  if (strange >= 0) {
    const problem = `there is no ${segment.entity_type} "${add[strange]}"`;
    return { objection: 'bad_request', path: ['add', strange], problem };
  }
  const idsOf = (externalIds: readonly string[]) => externalIds.flatMap((it) => ids.get(it) ?? []);
  const added = await addGoods(db, externalId, [...new Set(idsOf(add))]);
  const removed = await removeGoods(db, externalId, idsOf(remove));
  return { added, removed };
}
