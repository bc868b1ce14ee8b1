import { z } from 'zod';
import { compileCondition } from '../../condition';
import { byDefault, condition, flag, names, optionally } from '../arguments';
import { conditionKind } from '../kind';
import type { OrderLine } from '../order';
import { checkNames, checkWhere, type Terms } from '../terms';

/** What goods are meant: a line is one of them if any of these says so. */
export const goodsShape = {
  products: optionally(names()),
  skus: optionally(names()),
  categories: optionally(names()),
  segments: optionally(names(100)),
  where: optionally(condition()),
};
export type Goods = z.output<z.ZodObject<typeof goodsShape>>;

export function checkGoods(goods: Goods, terms: Terms) {
  const { products, skus, categories, segments, where } = goods;
  if (!products && !skus && !categories && !segments && !where) {
    return { path: [], problem: 'expected products, skus, categories, segments or where' };
  }
  return (
    checkNames(segments, terms.goodsSegments, 'segment of goods', ['segments']) ??
    checkWhere(where, terms.goodsFacts, ['where'])
  );
}

export function compileGoods(goods: Goods, terms: Terms): (line: OrderLine) => boolean {
  const products = new Set(goods.products);
  const skus = new Set(goods.skus);
  const categories = new Set(goods.categories);
  const segments = (goods.segments ?? []).map((eid) => terms.goodsSegments.get(eid));
  const holds = goods.where && compileCondition(goods.where, terms.goodsFacts);
  return (line) =>
    (line.product !== null && products.has(line.product)) ||
    (line.sku !== null && skus.has(line.sku)) ||
    (categories.size > 0 && inCategory(line, categories)) ||
    segments.some((isIn) => isIn?.(line)) ||
    (holds?.(line.facts) ?? false);
}

function inCategory({ facts }: OrderLine, categories: ReadonlySet<string>): boolean {
  return Array.isArray(facts.category) && facts.category.some((it) => categories.has(it));
}

export const goods = conditionKind({
  kind: 'goods',
  summary: 'Only lines with certain goods, or all but these.',
  because: 'no_matching_lines',
  args: z.strictObject({ kind: z.literal('goods'), ...goodsShape, except: byDefault(flag(), false) }),
  check: (args, terms) => checkGoods(args, terms),
  compile({ except, ...meant }, terms) {
    const isMeant = compileGoods(meant, terms);
    return { picks: except ? (line) => !isMeant(line) : isMeant };
  },
});
