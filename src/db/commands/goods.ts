import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { feedModes } from '../../domain/feed';
import { changeGoods, type Goods, type GoodsChange, type GoodsEntity } from '../../domain/goods';
import type { Market } from '../../domain/market';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import { knownCategories, lockGoods } from '../queries/goods';
import { type Queryable, query, queryOne } from '../query';
import { inTransaction } from '../transaction';

/** One thing to import: a product, with SKUs of it or without, or one SKU by itself. */
export interface GoodsItem {
  product: GoodsChange | null;
  skus: readonly GoodsChange[];
  /** A product that is there stays as it is. */
  keepsProduct?: boolean;
}

export interface ImportOptions {
  mode: (typeof feedModes)[number];
  /** Whether goods that have categories keep them. */
  keepCategories: boolean;
}

/** What became of an item; `skipped`: the mode leaves it alone. */
export type ItemOutcome =
  | { done: 'added' | 'updated' | 'unchanged' | 'skipped' }
  | Refusal<'bad_request' | 'resource_not_found'>;

const settable = `
  name, price, old_price, currency, tags, manufacturer_name, description, url, pictures, count,
  expiration_time, is_available, delivery, barcode, manufacturer_warranty, custom_fields, regional_data,
  categories`;
const prefixed = (alias: string) => settable.replace(/\w+/g, (name) => `${alias}.${name}`);

/**
 * In order of external id, so that two imports that add the same meet at the first. Nothing is joined: a plan
 * that was made while there were few goods would look at all of them for ever after.
 */
const upsertGoods = query({
  name: 'goods-upsert',
  parameters: [z.string(), z.string()],
  row: z.object({ id: z.int(), external_id: z.string() }),
  text: `
    insert into market.goods as g (entity_type, external_id, product_id, ${settable})
    select $1, n.external_id, n.product_id, ${prefixed('n')}
    from json_to_recordset($2::text::json) as n(
      external_id text, product_id int, name text, price numeric, old_price numeric, currency text,
      tags text[], manufacturer_name text, description text, url text, pictures text[], count int,
      expiration_time text, is_available boolean, delivery boolean, barcode bigint[],
      manufacturer_warranty boolean, custom_fields jsonb, regional_data jsonb, categories text[]
    )
    order by n.external_id
    on conflict (entity_type, external_id) do update set
      (product_id, ${settable}) = (excluded.product_id, ${prefixed('excluded')}),
      created_at = case when g.deleted_at is null then g.created_at else now() end,
      updated_at = now(), deleted_at = null
    returning id, external_id`,
});

const removeGoods = queryOne({
  name: 'goods-delete',
  parameters: [z.string(), z.array(z.int()), z.array(z.string())],
  row: z.object({ count: z.int() }),
  text: `
    with named as (
      update market.goods set deleted_at = now()
      where entity_type = $1 and deleted_at is null
        and (id = any ($2::int[]) or external_id = any ($3::text[]))
      returning id
    ), theirs as (
      update market.goods s set deleted_at = now() from named n
      where s.product_id = n.id and s.deleted_at is null
    )
    select count(*)::int as count from named`,
});

/** So many items in one transaction: enough to be quick, and others need not wait long for their rows. */
const batchSize = 500;

/**
 * Imports goods as if one item after the other; an item that is refused does not disturb the others. Answers
 * one outcome each, in order. Throws DatabaseUnavailable.
 */
export async function writeGoods(
  pool: Pool,
  market: Market,
  items: readonly GoodsItem[],
  options: ImportOptions = { mode: 'add_and_update', keepCategories: false },
): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    const batch = items.slice(start, start + batchSize);
    outcomes.push(...(await inTransaction(pool, '', (db) => writeGoodsBatch(db, market, batch, options))));
  }
  return outcomes;
}

/** As writeGoods, in a transaction of the caller. */
export async function writeGoodsBatch(
  db: Queryable,
  market: Market,
  items: readonly GoodsItem[],
  options: ImportOptions,
): Promise<ItemOutcome[]> {
  const batch = new Batch(market, options, await categoriesOf(db, items));
  const skus = items.flatMap((item) => item.skus);
  const products = items.flatMap(({ product }) => (product ? [product.external_id] : []));
  const parents = skus.flatMap(({ product_external_id }) => product_external_id ?? []);
  await batch.load(db, 'product', [...products, ...parents]);
  await batch.load(
    db,
    'sku',
    skus.map(({ external_id }) => external_id),
  );
  const outcomes = items.map((item) => batch.take(item));
  await batch.save(db);
  return outcomes;
}

/** Deletes goods by id, external id or both; SKUs of a product go with it. Answers how many were named. */
export async function deleteGoods(
  db: Queryable,
  entity: GoodsEntity,
  ids: readonly number[],
  externalIds: readonly string[],
): Promise<number> {
  const { count } = await removeGoods(db, entity, [...ids], [...externalIds]);
  return count;
}

async function categoriesOf(db: Queryable, items: readonly GoodsItem[]): Promise<Set<string>> {
  const named = items.flatMap(({ product, skus }) =>
    [product, ...skus].flatMap((change) => change?.categories ?? []),
  );
  if (named.length === 0) return new Set();
  const rows = await knownCategories(db, [...new Set(named)]);
  return new Set(rows.map(({ external_id }) => external_id));
}

type State = Map<string, Goods>;
type Step = { entity: GoodsEntity; before: Goods | undefined; after: Goods };

/** The goods that a batch is about, as they are and as they become. */
class Batch {
  readonly #state: Record<GoodsEntity, State> = { product: new Map(), sku: new Map() };
  readonly #changed: Record<GoodsEntity, State> = { product: new Map(), sku: new Map() };
  /** Of products, also of those that were deleted. */
  readonly #ids = new Map<string, number>();

  constructor(
    readonly market: Market,
    readonly options: ImportOptions,
    readonly categories: ReadonlySet<string>,
  ) {}

  async load(db: Queryable, entity: GoodsEntity, externalIds: readonly string[]): Promise<void> {
    const rows = await lockGoods(db, entity, [...new Set(externalIds)]);
    for (const { id, product_id, is_deleted, ...goods } of rows) {
      if (entity === 'product') this.#ids.set(goods.external_id, id);
      else if (product_id !== null) this.#ids.set(goods.product_external_id ?? '', product_id);
      if (!is_deleted) this.#state[entity].set(goods.external_id, goods);
    }
  }

  async save(db: Queryable): Promise<void> {
    for (const entity of ['product', 'sku'] as const) {
      const rows = [...this.#changed[entity].values()].map((goods) => ({
        ...goods,
        product_id: this.#ids.get(goods.product_external_id ?? ''),
      }));
      if (rows.length === 0) continue;
      const written = await upsertGoods(db, entity, JSON.stringify(rows));
      if (entity === 'product') for (const row of written) this.#ids.set(row.external_id, row.id);
    }
  }

  take({ product, skus, keepsProduct }: GoodsItem): ItemOutcome {
    const steps: Step[] = [];
    if (product && !(keepsProduct && this.#state.product.has(product.external_id))) {
      const after = this.#change('product', product);
      if (isRefusal(after)) return after;
      steps.push({ entity: 'product', before: this.#state.product.get(product.external_id), after });
    }
    for (const [index, sku] of skus.entries()) {
      const path = product ? `sku[${index}].` : '';
      const after = this.#changeSku(sku, product?.external_id, path);
      if (isRefusal(after)) return after;
      steps.push({ entity: 'sku', before: this.#state.sku.get(sku.external_id), after });
    }
    return { done: this.#apply(steps) };
  }

  #changeSku(sku: GoodsChange, parent: string | undefined, path: string) {
    const before = this.#state.sku.get(sku.external_id);
    const product = sku.product_external_id ?? parent ?? before?.product_external_id;
    if (!product) {
      return refuse('bad_request', { problem: `${path}product_external_id: is required` });
    }
    if (parent !== undefined && product !== parent) {
      const problem = `${path}product_external_id: expected "${parent}", got "${product}"`;
      return refuse('bad_request', { problem });
    }
    if (
      parent === undefined &&
      !this.#state.product.has(product) &&
      before?.product_external_id !== product
    ) {
      return refuse('resource_not_found', { resource: 'Product', id: `"${product}"` });
    }
    const after = this.#change('sku', { ...sku, product_external_id: product });
    if (!isRefusal(after) || path === '') return after;
    return refuse('bad_request', { problem: `${path}${after.details.problem}` });
  }

  #change(entity: GoodsEntity, change: GoodsChange) {
    const before = this.#state[entity].get(change.external_id);
    const keeps = this.options.keepCategories && before && before.categories.length > 0;
    const wanted = keeps ? { ...change, categories: undefined } : change;
    return changeGoods(entity, before, wanted, this);
  }

  /** The worst that was done to any of them: an item is updated if one of its SKUs is new. */
  #apply(steps: readonly Step[]): 'added' | 'updated' | 'unchanged' | 'skipped' {
    const { mode } = this.options;
    const wanted = steps.filter(({ before }) =>
      mode === 'add_only' ? !before : mode === 'update_only' ? before : true,
    );
    if (wanted.length === 0) return 'skipped';
    const changed = wanted.filter(({ before, after }) => !isDeepStrictEqual(before, after));
    for (const { entity, after } of changed) {
      this.#state[entity].set(after.external_id, after);
      this.#changed[entity].set(after.external_id, after);
    }
    if (changed.length === 0) return 'unchanged';
    return changed[0]?.before ? 'updated' : 'added';
  }
}
