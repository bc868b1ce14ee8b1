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
import type { NotedOrder } from '../../domain/order-points';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import { violatedUniqueConstraint } from '../faults';
import { findGoods } from '../queries/goods';
import { lockNote } from '../queries/order-points';
import { lockOrder, lockOrders, type OrderRow } from '../queries/orders';
import { onlyOne, searchProfiles, wantedRows } from '../queries/profiles';
import { command, type Queryable, query } from '../query';
import { inTransaction } from '../transaction';
import { forgetOrder, noteOrders } from './order-points';

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

const wipeOrder = command({
  name: 'order-delete',
  parameters: [z.int()],
  text: 'delete from market.orders where id = $1',
});

const hideOrder = command({
  name: 'order-hide',
  parameters: [z.int()],
  text: 'update market.orders set deleted_at = now(), updated_at = now() where id = $1',
});

/** How many lines of that external id the order has: one or none. */
const setLineStatus = command({
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
 * Answers one outcome each, in order, and the orders whose points are to be looked at now. Throws
 * DatabaseUnavailable.
 */
export async function writeOrders(
  pool: Pool,
  items: readonly OrderItem[],
  context: OrderContext,
): Promise<Written> {
  const written: Written = { outcomes: [], noted: [] };
  let rest = items;
  while (rest.length > 0) {
    const batch = withoutDoubles(rest.slice(0, batchSize));
    const { outcomes, noted } = await writeBatch(pool, batch, context, 1);
    written.outcomes.push(...outcomes);
    written.noted.push(...noted);
    rest = rest.slice(batch.length);
  }
  return written;
}

interface Written {
  outcomes: OrderOutcome[];
  noted: NotedOrder[];
}

/**
 * Gives a line of an order a status. Answers the order if its points are to be looked at now; undefined: the
 * order has no such line.
 */
export function changeLineStatus(
  pool: Pool,
  orderId: number,
  change: { line: string; status: string; now: string },
): Promise<{ noted: NotedOrder[] } | undefined> {
  return inTransaction(pool, '', async (db) => {
    const count = await setLineStatus(db, orderId, change.line, change.status, change.now);
    return count === 1 ? { noted: await noteOrders(db, [orderId], [true]) } : undefined;
  });
}

/**
 * Wipes an order and its lines, or keeps it where nobody sees it any more. Not before its points were looked
 * at, if that was asked for: then it answers false.
 */
export function removeOrder(pool: Pool, orderId: number, how: { keeping: boolean }): Promise<boolean> {
  return inTransaction(pool, '', async (db) => {
    await lockOrder(db, orderId);
    if (await lockNote(db, orderId)) return false;
    if (how.keeping) {
      await hideOrder(db, orderId);
    } else {
      await forgetOrder(db, orderId);
      await wipeOrder(db, orderId);
    }
    return true;
  });
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
): Promise<Written> {
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
): Promise<Written> {
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
  const orders = changed.flatMap((order) => (isRefusal(order) ? [] : [order]));
  const ids = await store(db, orders, known);
  const outcomes = changed.map((order) => {
    if (isRefusal(order)) return order;
    return { id: ids.get(order.external_id) ?? 0 };
  });
  return { outcomes, noted: await noteConfirmed(db, orders, known, ids) };
}

/** Those of the orders that were confirmed, and have another status now, or a line of them has. */
async function noteConfirmed(
  db: Queryable,
  orders: readonly Order[],
  known: ReadonlyMap<string, OrderRow & { is_deleted: boolean }>,
  ids: ReadonlyMap<string, number>,
): Promise<NotedOrder[]> {
  const confirmed = orders.flatMap((order) => {
    const before = known.get(order.external_id);
    if (!before || !isConfirmed(before)) return [];
    const statuses = new Map(before.lines.map(({ external_id, status }) => [external_id, status]));
    const isChanged =
      before.status !== order.status ||
      order.lines.some(({ external_id, status }) => statuses.get(external_id) !== status);
    return [{ id: ids.get(order.external_id) ?? 0, isChanged }];
  });
  if (confirmed.length === 0) return [];
  return noteOrders(
    db,
    confirmed.map(({ id }) => id),
    confirmed.map(({ isChanged }) => isChanged),
  );
}

function isConfirmed({ origin, is_deleted }: { origin: string; is_deleted: boolean }): boolean {
  return origin === 'commit' && !is_deleted;
}

function knownOrder({ id: _, lines, ...order }: OrderRow): KnownOrder {
  return { ...order, lines: lines.map(({ product: _p, sku: _s, ...line }) => line) };
}

async function store(
  db: Queryable,
  orders: readonly Order[],
  known: ReadonlyMap<string, { origin: string; is_deleted: boolean }>,
): Promise<Map<string, number>> {
  const wasConfirmed = ({ external_id }: Order) => {
    const row = known.get(external_id);
    return row !== undefined && isConfirmed(row);
  };
  const fresh = orders.filter(({ external_id }) => !known.has(external_id));
  const confirmed = orders.filter(wasConfirmed);
  const there = orders.filter((order) => known.has(order.external_id) && !wasConfirmed(order));
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
