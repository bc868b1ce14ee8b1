import { z } from 'zod';
import { checkPool, type PoolValues } from '../../domain/promo-code-pool';
import type { Objection } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import { listDatabases } from '../queries/catalog';
import { listPools, type PoolRow, poolColumns, poolRow } from '../queries/promo-code-pools';
import { type Queryable, queryFirst, queryOne } from '../query';

const json = z.string();
const settable = `
  external_id, name, description, database_id, is_multi_use, is_active, issue_from, issue_to, lifetime_n,
  lifetime_unit, template, remote_url, remote_count, max_codes, max_uses, max_uses_per_profile`;

const insertPool = queryOne({
  name: 'promo-code-pool-insert',
  parameters: [json],
  row: poolRow,
  text: `
    insert into codes.pools (id, ${settable})
    select coalesce(id, nextval('codes.pools_id_seq')::int), ${settable}
    from jsonb_populate_record(null::codes.pools, $1::jsonb)
    returning ${poolColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'promo-code-pool-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('codes.pools_id_seq', greatest(last_value, $1::int)) as last from codes.pools_id_seq`,
});

/** Whoever adds codes waits, so that the count that a limit was checked against is the count there is. */
const lockPool = queryFirst({
  name: 'promo-code-pool-lock',
  parameters: [z.int()],
  row: z.object({ id: z.int() }),
  text: 'select id from codes.pools where id = $1 for no key update',
});

const updatePool = queryOne({
  name: 'promo-code-pool-update',
  parameters: [z.int(), json],
  row: poolRow,
  text: `
    update codes.pools p set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(p, $2::jsonb))
    where p.id = $1
    returning ${poolColumns}`,
});

const deletePoolRow = queryFirst({
  name: 'promo-code-pool-delete',
  parameters: [z.int()],
  row: poolRow,
  text: `delete from codes.pools where id = $1 returning ${poolColumns}`,
});

/** Makes a pool of promo codes, with an id of the caller's choice if one is given. */
export async function createPool(
  db: Queryable,
  values: PoolValues & { id?: number | undefined },
): Promise<PoolRow | Objection> {
  const objection = checkPool(values, await listDatabases(db), await listPools(db));
  if (objection) return objection;
  const row = await insertPool(db, JSON.stringify(columnsOf(values)));
  if (values.id !== undefined) await keepAhead(db, row.id);
  return row;
}

/** Changes what is given of a pool; undefined if there is none. */
export async function changePool(
  db: Queryable,
  id: number,
  change: Partial<PoolValues>,
): Promise<PoolRow | Objection | undefined> {
  await lockPool(db, id);
  const pools = await listPools(db);
  const row = pools.find((pool) => pool.id === id);
  if (!row) return undefined;
  const before = { ...poolValues(row), id, codes_count: row.codes_count };
  const others = pools.filter((pool) => pool.id !== id);
  const objection = checkPool({ ...before, ...change }, await listDatabases(db), others, before);
  return objection ?? updatePool(db, id, JSON.stringify(columnsOf(change)));
}

/** Deletes a pool without codes; undefined if there is none. */
export async function deletePool(db: Queryable, id: number): Promise<PoolRow | Objection | undefined> {
  try {
    return await deletePoolRow(db, id);
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    const problem = `promo code pool ${id} has codes: switch it off instead`;
    return { objection: 'conflict', path: [], problem };
  }
}

/** What may be set of a pool, out of its row. */
export function poolValues(row: PoolRow): PoolValues {
  const { id: _, created_at: __, updated_at: ___, codes_count: ____, ...values } = row;
  const { lifetime_n: n, lifetime_unit: unit, ...rest } = values;
  return { ...rest, lifetime: n === null || unit === null ? null : { n, unit } };
}

function columnsOf({ lifetime, ...columns }: Partial<PoolValues>) {
  if (lifetime === undefined) return columns;
  return { ...columns, lifetime_n: lifetime?.n ?? null, lifetime_unit: lifetime?.unit ?? null };
}
