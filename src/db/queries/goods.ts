import { z } from 'zod';
import type { KnownGoods } from '../../domain/goods-facts';
import { type Queryable, query, queryFirst } from '../query';

/** Products and SKUs; what was deleted is in none of these but `lockGoods` and `findGoodsById`. */

const money = z.string().nullable();
const customValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const regional = z.object({
  price: money,
  old_price: money,
  currency: z.string().nullable(),
  count: z.int().nullable(),
  is_available: z.boolean().nullable(),
  delivery: z.boolean().nullable(),
  custom_fields: customValues,
});

export const goodsRow = z.object({
  id: z.int(),
  entity_type: z.enum(['product', 'sku']),
  external_id: z.string(),
  product_external_id: z.string().nullable(),
  name: z.string(),
  price: money,
  old_price: money,
  currency: z.string().nullable(),
  tags: z.array(z.string()),
  manufacturer_name: z.string().nullable(),
  description: z.string().nullable(),
  url: z.string().nullable(),
  pictures: z.array(z.string()),
  count: z.int().nullable(),
  expiration_time: z.string().nullable(),
  is_available: z.boolean().nullable(),
  delivery: z.boolean().nullable(),
  barcode: z.array(z.number()),
  manufacturer_warranty: z.boolean().nullable(),
  custom_fields: customValues,
  regional_data: z.record(z.string(), regional),
  categories: z.array(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
});
export type GoodsRow = z.output<typeof goodsRow>;

/** Of goods g and, where they are SKUs, their product p. */
const ownColumns = `
  g.id, g.entity_type, g.external_id, p.external_id as product_external_id, g.name,
  trim_scale(g.price)::text as price, trim_scale(g.old_price)::text as old_price, g.currency, g.tags,
  g.manufacturer_name, g.description, g.url, g.pictures, g.count, g.expiration_time, g.is_available,
  g.delivery, to_jsonb(g.barcode) as barcode, g.manufacturer_warranty, g.custom_fields, g.regional_data,
  g.categories`;
const columns = `${ownColumns}, g.created_at, g.updated_at`;
const tables = 'market.goods g left join market.goods p on p.id = g.product_id';

/** Those that there are or were, locked in order, so that two imports meet at the first. */
export const lockGoods = query({
  name: 'goods-lock',
  parameters: [z.string(), z.array(z.string())],
  row: goodsRow
    .omit({ created_at: true, updated_at: true })
    .extend({ product_id: z.int().nullable(), is_deleted: z.boolean() }),
  text: `
    select ${ownColumns}, g.product_id, g.deleted_at is not null as is_deleted
    from ${tables}
    where g.entity_type = $1 and g.external_id = any ($2::text[])
    order by g.external_id
    for update of g`,
});

const knownRow = goodsRow.extend({ category: z.array(z.string()), segment: z.array(z.string()) });

const pathsOf = `array(
  select distinct unnest(c.path) from market.categories c where c.external_id = any (g.categories)
) as category`;
const segmentsOf = `array(
  select s.segment from market.segment_goods s where s.goods_id = g.id order by s.segment
) as segment`;

const knownOf = (wanted: string) => `
  with wanted as (${wanted})
  select ${columns}, ${pathsOf}, ${segmentsOf}
  from ${tables}
  where g.id in (select id from wanted union select product_id from wanted)`;

const selectKnown = query({
  name: 'goods-known',
  parameters: [z.array(z.string()), z.array(z.string())],
  row: knownRow,
  text: knownOf(`
    select id, product_id from market.goods
    where entity_type = 'product' and external_id = any ($1::text[]) and deleted_at is null
    union all
    select id, product_id from market.goods
    where entity_type = 'sku' and external_id = any ($2::text[]) and deleted_at is null`),
});

const selectKnownById = query({
  name: 'goods-known-by-id',
  parameters: [z.array(z.int())],
  row: knownRow,
  text: knownOf('select id, product_id from market.goods where id = any ($1::int[])'),
});

/** Goods by external id. */
export interface FoundGoods {
  products: Map<string, KnownGoods>;
  skus: Map<string, KnownGoods>;
}

/**
 * Everything that conditions may ask of products and SKUs, many at once, in one statement. Of an SKU the
 * product is among the products, too. Throws DatabaseUnavailable.
 */
export async function findGoods(
  db: Queryable,
  { products, skus }: { products: readonly string[]; skus: readonly string[] },
): Promise<FoundGoods> {
  return assemble(await selectKnown(db, [...new Set(products)], [...new Set(skus)]));
}

/** As findGoods, by our ids, and also what was deleted. Throws DatabaseUnavailable. */
export async function findGoodsById(db: Queryable, ids: readonly number[]): Promise<Map<number, KnownGoods>> {
  const { products, skus } = assemble(await selectKnownById(db, [...new Set(ids)]));
  return new Map([...products.values(), ...skus.values()].map((goods) => [goods.id, goods]));
}

function assemble(rows: readonly z.output<typeof knownRow>[]): FoundGoods {
  const found: FoundGoods = { products: new Map(), skus: new Map() };
  for (const row of rows) {
    if (row.entity_type === 'product') found.products.set(row.external_id, withProduct(row, undefined));
  }
  for (const row of rows) {
    const product = found.products.get(row.product_external_id ?? '');
    if (row.entity_type === 'sku') found.skus.set(row.external_id, withProduct(row, product));
  }
  return found;
}

function withProduct(row: z.output<typeof knownRow>, product: KnownGoods | undefined): KnownGoods {
  return {
    ...row,
    category: [...new Set([...row.category, ...(product?.category ?? [])])],
    segment: [...new Set([...row.segment, ...(product?.segment ?? [])])],
    product: product ?? null,
  };
}

/** One page, in order of id; `skus` are those of a product. */
export const listGoods = query({
  name: 'goods-list',
  parameters: [z.string(), z.int(), z.int()],
  row: goodsRow.extend({ skus: z.array(z.object({ name: z.string(), external_id: z.string() })) }),
  text: `
    select ${columns}, (
      select coalesce(
        jsonb_agg(jsonb_build_object('name', s.name, 'external_id', s.external_id) order by s.id), '[]'
      )
      from market.goods s
      where s.product_id = g.id and s.entity_type = 'sku' and s.deleted_at is null
    ) as skus
    from ${tables}
    where g.entity_type = $1 and g.id > $2 and g.deleted_at is null
    order by g.id
    limit $3::int`,
});

const categoryRow = z.object({
  external_id: z.string(),
  name: z.string(),
  parent_external_id: z.string().nullable(),
  path: z.array(z.string()),
});

export const listCategories = query({
  name: 'categories',
  parameters: [],
  row: categoryRow,
  text: 'select external_id, name, parent_external_id, path from market.categories order by external_id',
});

/** Those of the external ids that there are. */
export const knownCategories = query({
  name: 'categories-known',
  parameters: [z.array(z.string())],
  row: z.object({ external_id: z.string() }),
  text: 'select external_id from market.categories where external_id = any ($1::text[])',
});

/** The keys of goods, page by page in order of id. */
export const listGoodsKeys = query({
  name: 'goods-keys',
  parameters: [z.string(), z.int(), z.int()],
  row: z.object({ id: z.int(), external_id: z.string() }),
  text: `
    select id, external_id from market.goods
    where entity_type = $1 and id > $2 and deleted_at is null
    order by id
    limit $3::int`,
});

/** What is in a segment, page by page in order of id; goods that were deleted are in none. */
export const listSegmentGoods = query({
  name: 'goods-segment-list',
  parameters: [z.string(), z.int(), z.int()],
  row: z.object({ id: z.int(), external_id: z.string(), name: z.string() }),
  text: `
    select g.id, g.external_id, g.name
    from market.segment_goods s join market.goods g on g.id = s.goods_id
    where s.segment = $1 and g.id > $2 and g.deleted_at is null
    order by g.id
    limit $3::int`,
});

/** How many goods are in a segment, and when it was calculated last. */
export const readSegmentStatus = queryFirst({
  name: 'goods-segment-status',
  parameters: [z.string()],
  row: z.object({ size: z.int(), looked_at: z.int().nullable(), calculated_at: z.string().nullable() }),
  text: `
    select
      (
        select count(*)::int from market.segment_goods x join market.goods g on g.id = x.goods_id
        where x.segment = s.external_id and g.deleted_at is null
      ) as size, r.looked_at, r.calculated_at
    from market.segments s left join market.segment_runs r on r.segment = s.external_id
    where s.external_id = $1`,
});
