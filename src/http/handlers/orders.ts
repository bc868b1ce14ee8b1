import { createHash } from 'node:crypto';
import type { Request } from '../../contract/endpoint';
import type { orders } from '../../contract/orders';
import { lineStatuses } from '../../db/commands/market-settings';
import { changeLineStatus, type OrderItem, removeOrder, writeOrders } from '../../db/commands/orders';
import { listUnsettled } from '../../db/queries/order-points';
import { findOrder, listOrders, type OrderRow } from '../../db/queries/orders';
import { decimal } from '../../domain/amount';
import type { Access } from '../../domain/catalog';
import { channelOf, type LineStatus, type Market, shownValues } from '../../domain/market';
import { isRefusal, type Refusal, refusalText, refuse } from '../../domain/refusal';
import type { Objection } from '../../domain/settings';
import { Unavailable } from '../../domain/unavailable';
import type { Handlers } from '../handler';
import { change } from './admin/change';
import { mayUseDatabase } from './database';
import { defaultLimit, externalIdIn, makeCustomFields, pageOfIds, readPosition, resultOf } from './market';
import { settleNoted } from './order-points';
import type { Dependencies } from './target';

type ImportRequest = Request<typeof orders.import>;
type ListRequest = Request<typeof orders.list>;
type OrderKey = { id?: number | undefined; external_id?: string | undefined };

export function createOrderHandlers(dependencies: Dependencies): Handlers<typeof orders> {
  const { db, catalog } = dependencies;
  return {
    async import(input, { access, now }) {
      const refused =
        (await makeCustomFields(dependencies, input.custom_fields)) ??
        (await makeLineStatuses(dependencies, input.custom_line_statuses));
      return refused ?? { result: await importAll(dependencies, access, now, input.data) };
    },

    async list(input, { access }) {
      const { limit = defaultLimit, from_id } = input;
      const after = readPosition(from_id);
      if (isRefusal(after)) return after;
      const endpoints = endpointsFor(dependencies, access, input);
      const rows = endpoints === 'none' ? [] : await listOrders(db, endpoints, after, limit + 1);
      const { page, next_from_id } = pageOfIds(rows, limit);
      const market = catalog.market();
      return {
        result: page.map((row) => orderRow(row, market, input)),
        next_from_id,
      };
    },

    async getStatus(key, { access }) {
      const order = await find(dependencies, access, key);
      if (isRefusal(order)) return order;
      const { endpoint, status } = order;
      return { result: { endpoint, status } };
    },

    async remove({ with_fire = true, ...key }, { access }) {
      const order = await find(dependencies, access, key);
      if (isRefusal(order)) return order;
      const keeping = { keeping: !with_fire };
      if (await removeOrder(db, order.id, keeping)) return {};
      const [noted] = await listUnsettled(db, order.id - 1, 1);
      if (noted?.order_id === order.id) await settleNoted(dependencies, [noted]);
      if (await removeOrder(db, order.id, keeping)) return {};
      throw new Unavailable('The points of the order were not looked at yet');
    },

    async updateLineStatus(input, { access, now }) {
      const { order_external_id, order_line_external_id: line, status_external_id: status } = input;
      const order = await find(dependencies, access, { external_id: order_external_id });
      if (isRefusal(order)) return order;
      if (!catalog.market().lineStatuses.has(status)) return missing('Line status', status);
      const changed = await changeLineStatus(db, order.id, { line, status, now });
      if (!changed) return missing('Order line', line);
      await settleNoted(dependencies, changed.noted);
      return {};
    },
  };
}

function missing(resource: string, id: string) {
  return refuse('resource_not_found', { resource, id: `"${id}"` });
}

async function importAll(
  dependencies: Dependencies,
  access: Access,
  now: string,
  items: ImportRequest['data'],
) {
  const { db, catalog } = dependencies;
  const valid = items.flatMap((item): OrderItem[] => ('value' in item ? [item.value] : []));
  const databaseOf = (id: number) => (mayUseDatabase(catalog, access, id) ? catalog.database(id) : undefined);
  const written = await writeOrders(db, valid, { market: catalog.market(), databaseOf, now });
  await settleNoted(dependencies, written.noted);
  const outcomes = written.outcomes.values();
  return items.map((item) => {
    if ('problem' in item) {
      return resultOf(externalIdIn(item.item), refuse('bad_request', { problem: item.problem }));
    }
    const { value: outcome } = outcomes.next();
    if (!outcome) throw new Error('An order had no outcome');
    const row = resultOf(item.value.external_id, outcome);
    return 'id' in outcome ? { ...row, id: outcome.id } : row;
  });
}

/** Makes the line statuses that an import brings along. Refusals: bad_request. */
async function makeLineStatuses(
  dependencies: Dependencies,
  wanted: readonly LineStatus[] = [],
): Promise<Refusal<'bad_request'> | null> {
  const known = dependencies.catalog.market().lineStatuses;
  if (wanted.every(({ external_id, type }) => known.get(external_id)?.type === type)) return null;
  const result = await change(dependencies, async (db): Promise<Objection | true> => {
    for (const [index, status] of wanted.entries()) {
      const before = (await lineStatuses.list(db)).find((it) => it.external_id === status.external_id);
      const made = before ?? (await lineStatuses.create(db, status));
      const path = ['custom_line_statuses', index];
      if ('objection' in made) return { ...made, path: [...path, ...made.path] };
      if (made.type === status.type) continue;
      const problem = `expected "${made.type}", which the status is, got "${status.type}"`;
      return { objection: 'bad_request', path: [...path, 'type'], problem };
    }
    return true;
  });
  return isRefusal(result) ? refuse('bad_request', { problem: refusalText(result) }) : null;
}

/** The order of that id or external id, if the token may use its profile database. */
async function find({ db, catalog }: Dependencies, access: Access, { id, external_id }: OrderKey) {
  const order = await findOrder(db, id ?? null, external_id ?? null);
  if (!order) {
    return refuse('resource_not_found', {
      resource: 'Order',
      id: external_id ? `"${external_id}"` : (id ?? 0),
    });
  }
  const channel = channelOf(catalog.market(), order.endpoint);
  if (channel && mayUseDatabase(catalog, access, channel.database_id)) return order;
  return refuse('database_not_allowed', { database: channel?.database_id ?? 0 });
}

/** The touchpoints whose orders are to be listed; empty: all. */
function endpointsFor(
  { catalog }: Dependencies,
  access: Access,
  { endpoint }: ListRequest,
): string[] | 'none' {
  const market = catalog.market();
  const wanted = endpoint === undefined ? [...market.touchpoints.keys()] : [endpoint];
  if (endpoint === undefined && access.programIds === null) return [];
  const allowed = wanted.filter((it) => {
    const channel = channelOf(market, it);
    return channel && mayUseDatabase(catalog, access, channel.database_id);
  });
  return allowed.length > 0 ? allowed : 'none';
}

function orderRow(row: OrderRow, { currencies, customFields }: Market, { amounts = 'minor' }: ListRequest) {
  const scale = currencies.get(row.currency)?.scale ?? 0;
  const money = (amount: string) =>
    amounts === 'decimal'
      ? decimal(amount).toFixed(scale)
      : decimal(amount).times(decimal('10').pow(scale)).toFixed(0);
  const { external_id, endpoint, tags, status, currency, region, custom_fields } = row;
  return {
    ...(row.profile_id !== null && { profile: { profile_id: row.profile_id, xxh: xxhOf(row.profile_id) } }),
    external_id,
    endpoint,
    ...(tags.length > 0 && { tags }),
    status,
    delivery_cost: money(row.delivery_cost),
    total_price: money(row.total_price),
    currency,
    custom_fields: shownValues(customFields.order, custom_fields),
    ...(region !== null && { region }),
    lines: row.lines.map((line) => ({
      external_id: line.external_id,
      ...(line.product !== null && { product: line.product }),
      ...(line.sku !== null && { sku: line.sku }),
      base_price_per_item: money(line.base_price_per_item),
      min_price_per_item: money(line.min_price_per_item),
      final_price_per_item: money(line.final_price_per_item),
      count: line.count,
      currency,
      custom_fields: shownValues(customFields.line_order, line.custom_fields),
    })),
    create_time: toSecond(row.create_time),
    update_time: toSecond(row.update_time),
  };
}

/** The same for the same profile always; what the platform computes here is not documented. */
function xxhOf(profileId: string): string {
  return createHash('sha256').update(profileId).digest('hex').slice(0, 16);
}

function toSecond(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
