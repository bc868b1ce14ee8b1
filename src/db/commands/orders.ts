import type { Pool } from 'pg';
import { z } from 'zod';
import type { Database } from '../../domain/catalog';
import type { Market } from '../../domain/market';
import { channelOf } from '../../domain/market';
import { type Match, type Search, searchFor } from '../../domain/matching';
import {
  changeOrder,
  type KnownOrder,
  type Order,
  type OrderChange,
  type OrderRefusal,
} from '../../domain/order';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import { violatedUniqueConstraint } from '../faults';
import { findGoods } from '../queries/goods';
import { lockOrders, type OrderRow } from '../queries/orders';
import { onlyOne, searchProfiles, wantedRows } from '../queries/profiles';
import { command, type Queryable, query } from '../query';
import { inTransaction } from '../transaction';

/** An order to import, with how its customer is found; null: nobody is named. */
export interface OrderItem extends OrderChange {
  customer: Match | null;
}

export type OrderOutcome =
  | { id: number }
  | OrderRefusal
  | Refusal<'profile_not_found' | 'profile_ambiguous' | 'field_unknown' | 'database_not_allowed'>;

/** What an import works in. */
export interface OrderContext {
  market: Market;
  /** The profile database of that id, if the caller may use it. */
  databaseOf(id: number): Database | undefined;
  /** RFC 3339 UTC. */
  now: string;
}

const columns = `
  external_id, endpoint, status, currency, region, profile_id, total_price, discount_amount,
  final_total_price, delivery_cost, tags, custom_fields, create_time, update_time`;
const changeable = columns.replace('external_id,', '').trim();
const excluded = changeable.replace(/\w+/g, (name) => `excluded.${name}`);

const json = z.string();
const idRow = z.object({ id: z.int(), external_id: z.string() });

/** Not over what somebody else made in between: that runs into the unique constraint, and is tried again. */
const insertOrders = query({
  name: 'orders-insert',
  parameters: [json],
  row: idRow,
  text: `
    insert into market.orders (origin, ${columns})
    select 'import', ${columns} from jsonb_populate_recordset(null::market.orders, $1::jsonb)
    order by external_id
    returning id, external_id`,
});

/** What was marked as deleted begins anew, as an import. */
const updateOrders = query({
  name: 'orders-update',
  parameters: [json],
  row: idRow,
  text: `
    insert into market.orders (origin, ${columns})
    select 'import', ${columns} from jsonb_populate_recordset(null::market.orders, $1::jsonb)
    order by external_id
    on conflict (external_id) do update set
      (${changeable}) = (${excluded}), origin = 'import', program_id = null, request_hash = null,
      answer = null, updated_at = now(), deleted_at = null
    returning id, external_id`,
});

/** Of a confirmed order: what does not concern prices. */
const touchOrders = query({
  name: 'orders-touch',
  parameters: [json],
  row: idRow,
  text: `
    update market.orders o set
      status = n.status, tags = n.tags, custom_fields = n.custom_fields, update_time = n.update_time,
      updated_at = now()
    from jsonb_to_recordset($1::jsonb)
      as n(external_id text, status text, tags text[], custom_fields jsonb, update_time timestamptz)
    where o.external_id = n.external_id
    returning o.id, o.external_id`,
});

const touchLines = command({
  name: 'order-lines-touch',
  parameters: [json],
  text: `
    update market.order_lines l set status = n.status, custom_fields = n.custom_fields
    from jsonb_to_recordset($1::jsonb) as n(order_id int, external_id text, status text, custom_fields jsonb)
    where l.order_id = n.order_id and l.external_id = n.external_id`,
});

const deleteLines = command({
  name: 'order-lines-delete',
  parameters: [z.array(z.int())],
  text: 'delete from market.order_lines where order_id = any ($1::int[])',
});

const lineColumns = `
  order_id, line_no, external_id, goods_id, count, base_price_per_item, min_price_per_item,
  final_price_per_item, total_price, discount_amount, final_total_price, status, custom_fields`;

const insertLines = command({
  name: 'order-lines-insert',
  parameters: [json],
  text: `
    insert into market.order_lines (${lineColumns})
    select ${lineColumns} from jsonb_populate_recordset(null::market.order_lines, $1::jsonb)`,
});

/** Wipes an order and its lines. */
export const deleteOrder = command({
  name: 'order-delete',
  parameters: [z.int()],
  text: 'delete from market.orders where id = $1',
});

/** Keeps the order, where nobody sees it any more. */
export const hideOrder = command({
  name: 'order-hide',
  parameters: [z.int()],
  text: 'update market.orders set deleted_at = now(), updated_at = now() where id = $1',
});

/** How many lines of that external id the order has: one or none. */
export const setLineStatus = command({
  name: 'order-line-status',
  parameters: [z.int(), z.string(), z.string(), z.string()],
  text: `
    with line as (
      update market.order_lines set status = $3 where order_id = $1 and external_id = $2 returning order_id
    )
    update market.orders o set update_time = $4::timestamptz, updated_at = now()
    from line l where o.id = l.order_id`,
});

const batchSize = 200;
const mostAttempts = 5;

/**
 * Imports orders as if one after the other; one that is refused does not disturb the others. Moves no points.
 * Answers one outcome each, in order. Throws DatabaseUnavailable.
 */
export async function writeOrders(
  pool: Pool,
  items: readonly OrderItem[],
  context: OrderContext,
): Promise<OrderOutcome[]> {
  const outcomes: OrderOutcome[] = [];
  let rest = items;
  while (rest.length > 0) {
    const batch = withoutDoubles(rest.slice(0, batchSize));
    outcomes.push(...(await writeBatch(pool, batch, context, 1)));
    rest = rest.slice(batch.length);
  }
  return outcomes;
}

/** Up to the first order that is there for the second time. */
function withoutDoubles(items: readonly OrderItem[]): readonly OrderItem[] {
  const seen = new Set<string>();
  const end = items.findIndex(({ external_id }) => seen.size === seen.add(external_id).size);
  return end < 0 ? items : items.slice(0, end);
}

/** Somebody else may make an order of the same id between our look and our write: then we look again. */
async function writeBatch(
  pool: Pool,
  items: readonly OrderItem[],
  context: OrderContext,
  attempt: number,
): Promise<OrderOutcome[]> {
  try {
    return await inTransaction(pool, '', (db) => writeTogether(db, items, context));
  } catch (error) {
    if (!violatedUniqueConstraint(error) || attempt === mostAttempts) throw error;
    return writeBatch(pool, items, context, attempt + 1);
  }
}

async function writeTogether(
  db: Queryable,
  items: readonly OrderItem[],
  context: OrderContext,
): Promise<OrderOutcome[]> {
  const { market, now } = context;
  const profiles = await findCustomers(db, items, context);
  const lines = items.flatMap((item) => item.lines);
  const goods = await findGoods(db, {
    products: lines.flatMap(({ product }) => product ?? []),
    skus: lines.flatMap(({ sku }) => sku ?? []),
  });
  const rows = await lockOrders(
    db,
    items.map(({ external_id }) => external_id),
  );
  const known = new Map(rows.map((row) => [row.external_id, row]));
  const changed = items.map((item, index) => {
    const profileId = profiles[index];
    if (isRefusal(profileId)) return profileId;
    const row = known.get(item.external_id);
    const before = row && !row.is_deleted ? knownOrder(row) : undefined;
    return changeOrder(before, item, { market, now, profileId, goods });
  });
  const ids = await store(
    db,
    changed.flatMap((order) => (isRefusal(order) ? [] : [order])),
    known,
  );
  return changed.map((order) => {
    if (isRefusal(order)) return order;
    return { id: ids.get(order.external_id) ?? 0 };
  });
}

function knownOrder({ id: _, lines, ...order }: OrderRow): KnownOrder {
  return { ...order, lines: lines.map(({ product: _p, sku: _s, ...line }) => line) };
}

async function store(
  db: Queryable,
  orders: readonly Order[],
  known: ReadonlyMap<string, { origin: string; is_deleted: boolean }>,
): Promise<Map<string, number>> {
  const isConfirmed = ({ external_id }: Order) => {
    const row = known.get(external_id);
    return row !== undefined && !row.is_deleted && row.origin === 'commit';
  };
  const fresh = orders.filter(({ external_id }) => !known.has(external_id));
  const confirmed = orders.filter(isConfirmed);
  const there = orders.filter((order) => known.has(order.external_id) && !isConfirmed(order));
  const ids = new Map<string, number>();
  for (const [some, write] of [
    [fresh, insertOrders],
    [there, updateOrders],
    [confirmed, touchOrders],
  ] as const) {
    if (some.length === 0) continue;
    for (const row of await write(db, JSON.stringify(some))) ids.set(row.external_id, row.id);
  }
  const linesOf = (some: readonly Order[]) =>
    JSON.stringify(
      some.flatMap(({ external_id, lines }) =>
        lines.map((line, index) => ({ ...line, order_id: ids.get(external_id), line_no: index + 1 })),
      ),
    );
  if (there.length > 0)
    await deleteLines(
      db,
      there.map(({ external_id }) => ids.get(external_id) ?? 0),
    );
  if (fresh.length + there.length > 0) await insertLines(db, linesOf([...fresh, ...there]));
  if (confirmed.length > 0) await touchLines(db, linesOf(confirmed));
  return ids;
}

type Customer = string | undefined | Exclude<OrderOutcome, { id: number }>;

/** Of each order the profile_id of its customer, or why there is none. */
async function findCustomers(
  db: Queryable,
  items: readonly OrderItem[],
  { market, databaseOf }: OrderContext,
): Promise<Customer[]> {
  const found: Customer[] = [];
  const searches = new Map<number, { index: number; search: Search }[]>();
  for (const [index, { endpoint, customer }] of items.entries()) {
    const channel = channelOf(market, endpoint);
    if (!channel) {
      found[index] = refuse('resource_not_found', { resource: 'Touchpoint', id: `"${endpoint}"` });
      continue;
    }
    const database = databaseOf(channel.database_id);
    if (!database) {
      found[index] = refuse('database_not_allowed', { database: channel.database_id });
      continue;
    }
    const search = customer ? searchFor(database, customer) : undefined;
    if (!search || isRefusal(search)) found[index] = search;
    else searches.set(database.id, [...(searches.get(database.id) ?? []), { index, search }]);
  }
  for (const [database, wanted] of searches) {
    const all = wanted.map(({ search }) => search);
    const rows = await searchProfiles(db, database, wantedRows(all));
    for (const [position, { index, search }] of wanted.entries()) {
      const one = onlyOne(
        rows.filter(({ item }) => item === position),
        search,
      );
      found[index] = isRefusal(one) ? one : one.profile_id;
    }
  }
  return found;
}
