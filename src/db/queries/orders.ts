import { z } from 'zod';
import { query, queryFirst } from '../query';

/** Orders with their lines; what is marked as deleted is only in those that lock. */

const customFields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const lineFields = {
  external_id: z.string(),
  goods_id: z.int(),
  product: z.string().nullable(),
  sku: z.string().nullable(),
  count: z.int(),
  base_price_per_item: z.string(),
  min_price_per_item: z.string(),
  final_price_per_item: z.string(),
  status: z.string().nullable(),
  custom_fields: customFields,
};

const orderFields = {
  id: z.int(),
  external_id: z.string(),
  origin: z.enum(['import', 'commit']),
  endpoint: z.string(),
  status: z.string(),
  currency: z.string(),
  region: z.string().nullable(),
  profile_id: z.string().nullable(),
  total_price: z.string(),
  final_total_price: z.string(),
  delivery_cost: z.string(),
  tags: z.array(z.string()),
  custom_fields: customFields,
  create_time: z.string(),
  update_time: z.string(),
  lines: z.array(z.object(lineFields)),
};

/** An order with its lines. */
export const orderRow = z.object(orderFields);
export type OrderRow = z.output<typeof orderRow>;

/** Of orders o. */
export const orderColumns = `
  o.id, o.external_id, o.origin, o.endpoint, o.status, o.currency, o.region, o.profile_id,
  trim_scale(o.total_price)::text as total_price, trim_scale(o.final_total_price)::text as final_total_price,
  trim_scale(o.delivery_cost)::text as delivery_cost, o.tags, o.custom_fields, o.create_time, o.update_time,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'external_id', l.external_id, 'goods_id', l.goods_id,
      'product', case when g.entity_type = 'product' then g.external_id end,
      'sku', case when g.entity_type = 'sku' then g.external_id end,
      'count', l.count,
      'base_price_per_item', trim_scale(l.base_price_per_item)::text,
      'min_price_per_item', trim_scale(l.min_price_per_item)::text,
      'final_price_per_item', trim_scale(l.final_price_per_item)::text,
      'status', l.status, 'custom_fields', l.custom_fields
    ) order by l.line_no), '[]')
    from market.order_lines l join market.goods g on g.id = l.goods_id
    where l.order_id = o.id
  ) as lines`;

/** Those that there are or were, locked in order, so that two imports meet at the first. */
export const lockOrders = query({
  name: 'orders-lock',
  parameters: [z.array(z.string())],
  row: orderRow.extend({ is_deleted: z.boolean() }),
  text: `
    select ${orderColumns}, o.deleted_at is not null as is_deleted
    from market.orders o
    where o.external_id = any ($1::text[])
    order by o.external_id
    for update of o`,
});

/** One of them, by id. */
export const lockOrder = queryFirst({
  name: 'order-lock',
  parameters: [z.int()],
  row: z.object({ id: z.int() }),
  text: 'select id from market.orders where id = $1 for update',
});

/** One page, in order of id; of these touchpoints, or of all if there are none. */
export const listOrders = query({
  name: 'orders-list',
  parameters: [z.array(z.string()), z.int(), z.int()],
  row: orderRow,
  text: `
    select ${orderColumns}
    from market.orders o
    where o.deleted_at is null and o.id > $2
      and (o.endpoint = any ($1::text[]) or cardinality($1::text[]) = 0)
    order by o.id
    limit $3::int`,
});

/** By our id, the external id, or both. */
export const findOrder = queryFirst({
  name: 'order-find',
  parameters: [z.int().nullable(), z.string().nullable()],
  row: z.object({ id: z.int(), endpoint: z.string(), status: z.string() }),
  text: `
    select id, endpoint, status from market.orders
    where deleted_at is null and id = coalesce($1, id) and external_id = coalesce($2, external_id)
      and ($1 is not null or $2 is not null)`,
});
