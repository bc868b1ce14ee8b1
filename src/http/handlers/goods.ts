import type { Request } from '../../contract/endpoint';
import type { products, skus } from '../../contract/goods';
import { writeCategories } from '../../db/commands/categories';
import { deleteGoods, type GoodsItem, writeGoods } from '../../db/commands/goods';
import { type GoodsRow, listGoods } from '../../db/queries/goods';
import type { GoodsEntity } from '../../domain/goods';
import { type MarketField, shownValues } from '../../domain/market';
import { isRefusal, refusalText, refuse } from '../../domain/refusal';
import type { Objection } from '../../domain/settings';
import type { Handlers } from '../handler';
import { change } from './admin/change';
import { defaultLimit, externalIdIn, makeCustomFields, pageOfIds, readPosition, resultOf } from './market';
import type { Dependencies } from './target';

type ProductImport = Request<typeof products.import>;
type SkuImport = Request<typeof skus.import>;
type Item = { external_id: string } & ({ problem: string } | { goods: GoodsItem });

export function createProductHandlers(dependencies: Dependencies): Handlers<typeof products> {
  const fields = () => dependencies.catalog.market().customFields.product;
  return {
    import: (input) => importGoods(dependencies, input, input.data.map(productItem)),
    async list(input) {
      const found = await list(dependencies, 'product', input);
      if (isRefusal(found)) return found;
      const { page, next_from_id } = found;
      const result = page.map((row) => {
        const { skus: sku, ...goods } = row;
        const { product_external_id: _, ...full } = fullRow(goods, fields());
        const { name, external_id } = goods;
        return input.full ? { ...full, sku } : { name, external_id, sku };
      });
      return { result, next_from_id };
    },
    remove: (input) => remove(dependencies, 'product', input),
  };
}

export function createSkuHandlers(dependencies: Dependencies): Handlers<typeof skus> {
  const fields = () => dependencies.catalog.market().customFields.sku;
  return {
    import: (input) => importGoods(dependencies, input, input.data.map(skuItem)),
    async list(input) {
      const found = await list(dependencies, 'sku', input);
      if (isRefusal(found)) return found;
      const { page, next_from_id } = found;
      const result = page.map(({ skus: _, ...goods }) => {
        const { name, external_id } = goods;
        return input.full ? fullRow(goods, fields()) : { name, external_id };
      });
      return { result, next_from_id };
    },
    remove: (input) => remove(dependencies, 'sku', input),
  };
}

function productItem(checked: ProductImport['data'][number]): Item {
  if ('problem' in checked) return { ...checked, external_id: externalIdIn(checked.item) };
  const { sku = [], ...product } = checked.value;
  const { external_id, product_external_id, ...rest } = product;
  if (product_external_id !== undefined) return { external_id, goods: { product: null, skus: [product] } };
  return { external_id, goods: { product: { external_id, ...rest }, skus: sku } };
}

function skuItem(checked: SkuImport['data'][number]): Item {
  if ('problem' in checked) return { ...checked, external_id: externalIdIn(checked.item) };
  return { external_id: checked.value.external_id, goods: { product: null, skus: [checked.value] } };
}

/** Custom fields first, then categories, then goods. */
async function importGoods(
  dependencies: Dependencies,
  { custom_fields, categories = [] }: Pick<ProductImport, 'custom_fields' | 'categories'>,
  items: readonly Item[],
) {
  const { db, catalog } = dependencies;
  const refused = await makeCustomFields(dependencies, custom_fields);
  if (refused) return refused;
  if (categories.length > 0) {
    const result = await change(dependencies, async (tx): Promise<Objection | true> => {
      const problem = await writeCategories(tx, categories);
      if (!problem) return true;
      const path = ['categories', problem.index, 'parent_external_id'];
      return { objection: 'bad_request', path, problem: problem.problem };
    });
    if (isRefusal(result)) return refuse('bad_request', { problem: refusalText(result) });
  }
  const valid = items.flatMap((it) => ('goods' in it ? [it.goods] : []));
  const outcomes = (await writeGoods(db, catalog.market(), valid)).values();
  return {
    result: items.map((it) => {
      if ('problem' in it) return resultOf(it.external_id, refuse('bad_request', { problem: it.problem }));
      const { value } = outcomes.next();
      if (!value) throw new Error('An item had no outcome');
      return resultOf(it.external_id, value);
    }),
  };
}

async function list(
  { db }: Dependencies,
  entity: GoodsEntity,
  { from_id, limit = defaultLimit }: { from_id?: string | undefined; limit?: number | undefined },
) {
  const after = readPosition(from_id);
  return isRefusal(after) ? after : pageOfIds(await listGoods(db, entity, after, limit + 1), limit);
}

function fullRow(row: GoodsRow, fields: ReadonlyMap<string, MarketField>) {
  const { entity_type: _, regional_data, product_external_id, ...goods } = row;
  return {
    ...goods,
    custom_fields: shownValues(fields, goods.custom_fields),
    product_external_id: product_external_id ?? '',
    regional_data: Object.entries(regional_data).map(([external_id, data]) => ({
      external_id,
      ...data,
      custom_fields: shownValues(fields, data.custom_fields),
    })),
  };
}

async function remove(
  { db }: Dependencies,
  entity: GoodsEntity,
  { ids = [], external_ids = [] }: { ids?: number[] | undefined; external_ids?: string[] | undefined },
) {
  return { deleted_count: await deleteGoods(db, entity, ids, external_ids) };
}
