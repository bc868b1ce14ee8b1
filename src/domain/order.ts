/** Orders as others made them: what an import does to one. */

import type { Decimal } from 'decimal.js';
import { decimal, fitsScale } from './amount';
import { changeCustomFields } from './goods';
import type { Market, MarketValue } from './market';
import { type Refusal, refuse } from './refusal';

type Free = Readonly<Record<string, unknown>>;
type Values = Record<string, MarketValue>;

/** What an import says of an order; money as decimal strings, times RFC 3339 UTC. */
export interface OrderChange {
  external_id: string;
  endpoint: string;
  status: string;
  currency: string;
  total_price: string;
  delivery_cost?: string | undefined;
  region?: string | undefined;
  tags?: string[] | undefined;
  create_time?: string | undefined;
  update_time?: string | undefined;
  custom_fields?: Free | undefined;
  lines: readonly LineChange[];
}

export interface LineChange {
  external_id: string;
  product?: string | undefined;
  sku?: string | undefined;
  count: number;
  base_price_per_item: string;
  min_price_per_item?: string | undefined;
  final_price_per_item?: string | undefined;
  status?: string | undefined;
  custom_fields?: Free | undefined;
}

/** An order as it is stored, without what only the database knows of it. */
export interface Order {
  external_id: string;
  endpoint: string;
  status: string;
  currency: string;
  region: string | null;
  profile_id: string | null;
  total_price: string;
  discount_amount: string;
  final_total_price: string;
  delivery_cost: string;
  tags: string[];
  custom_fields: Values;
  create_time: string;
  update_time: string;
  lines: OrderLine[];
}

export interface OrderLine {
  external_id: string;
  goods_id: number;
  count: number;
  base_price_per_item: string;
  min_price_per_item: string;
  final_price_per_item: string;
  total_price: string;
  discount_amount: string;
  final_total_price: string;
  status: string | null;
  custom_fields: Values;
}

/** The order there is of the same external id. */
export type KnownOrder = Omit<Order, 'lines' | 'discount_amount'> & {
  origin: 'import' | 'commit';
  lines: Omit<OrderLine, 'total_price' | 'discount_amount' | 'final_total_price'>[];
};

/** What an order may refer to. */
export interface OrderSurroundings {
  market: Market;
  /** RFC 3339 UTC. */
  now: string;
  /** undefined: nobody was named. */
  profileId: string | undefined;
  /** Our ids of products and SKUs by external id. */
  goods: { products: ReadonlyMap<string, { id: number }>; skus: ReadonlyMap<string, { id: number }> };
}

export type OrderRefusal = Refusal<'bad_request' | 'resource_not_found' | 'conflict'>;

class Refused extends Error {
  constructor(readonly refusal: OrderRefusal) {
    super();
  }
}

const unfit = (problem: string): never => {
  throw new Refused(refuse('bad_request', { problem }));
};
const missing = (resource: string, id: string): never => {
  throw new Refused(refuse('resource_not_found', { resource, id: `"${id}"` }));
};

/**
 * What becomes of an order by an import. total_price is the sum of all base prices, with delivery or without;
 * the final total follows it. An order of preorder_commit keeps what was priced. Refusals: bad_request,
 * resource_not_found, conflict.
 */
export function changeOrder(
  before: KnownOrder | undefined,
  change: OrderChange,
  surroundings: OrderSurroundings,
): Order | OrderRefusal {
  try {
    checkNames(change, surroundings.market);
    const after = orderAfter(before, change, surroundings);
    if (before?.origin === 'commit') checkPriced(before, change, after);
    return after;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function checkNames(change: OrderChange, market: Market): void {
  const { status, currency, region, lines } = change;
  if (!market.orderStatuses.has(status)) missing('Order status', status);
  if (region !== undefined && !market.regions.has(region)) missing('Region', region);
  const money = market.currencies.get(currency) ?? missing('Currency of money', currency);
  const check = (path: string, values: object, keys: readonly string[]) => {
    for (const [key, amount] of Object.entries(values)) {
      if (!keys.includes(key) || amount === undefined || fitsScale(amount, money.scale)) continue;
      unfit(`${path}${key}: "${amount}" has more decimals than ${currency} allows (${money.scale})`);
    }
  };
  check('', change, ['total_price', 'delivery_cost']);
  for (const [index, line] of lines.entries()) {
    check(`lines[${index}].`, line, ['base_price_per_item', 'min_price_per_item', 'final_price_per_item']);
    if (line.status !== undefined && !market.lineStatuses.has(line.status)) {
      missing('Line status', line.status);
    }
  }
}

function orderAfter(
  before: KnownOrder | undefined,
  change: OrderChange,
  surroundings: OrderSurroundings,
): Order {
  const { market, now, profileId } = surroundings;
  const lines = change.lines.map((line, index) => lineAfter(before, line, index, surroundings));
  const delivery = decimal(change.delivery_cost ?? before?.delivery_cost ?? '0');
  const totals = totalsOf(change.total_price, delivery, lines);
  return {
    external_id: change.external_id,
    endpoint: change.endpoint,
    status: change.status,
    currency: change.currency,
    region: change.region ?? before?.region ?? null,
    profile_id: profileId ?? before?.profile_id ?? null,
    ...totals,
    delivery_cost: delivery.toFixed(),
    tags: change.tags ?? before?.tags ?? [],
    custom_fields: customFields(market, 'order', before?.custom_fields, change.custom_fields, ''),
    create_time: change.create_time ?? before?.create_time ?? now,
    update_time: change.update_time ?? now,
    lines,
  };
}

function lineAfter(
  before: KnownOrder | undefined,
  line: LineChange,
  index: number,
  { market, goods }: OrderSurroundings,
): OrderLine {
  const { product, sku, external_id, count, base_price_per_item: base } = line;
  const known = before?.lines.find((it) => it.external_id === external_id);
  const found = sku === undefined ? goods.products.get(product ?? '') : goods.skus.get(sku);
  const final =
    line.final_price_per_item ?? (before?.origin === 'commit' ? known?.final_price_per_item : base);
  const total = decimal(base).times(count);
  const finalTotal = decimal(final ?? base).times(count);
  return {
    external_id,
    goods_id: found?.id ?? missing(sku === undefined ? 'Product' : 'SKU', sku ?? product ?? ''),
    count,
    base_price_per_item: base,
    min_price_per_item: line.min_price_per_item ?? '0',
    final_price_per_item: final ?? base,
    total_price: total.toFixed(),
    discount_amount: positive(total.minus(finalTotal)),
    final_total_price: finalTotal.toFixed(),
    status: line.status ?? known?.status ?? null,
    custom_fields: customFields(
      market,
      'line_order',
      known?.custom_fields,
      line.custom_fields,
      `lines[${index}].`,
    ),
  };
}

/** Below zero where an order cost more than its base prices: then there was no discount. */
function positive(amount: Decimal): string {
  return amount.isNegative() ? '0' : amount.toFixed();
}

/** What an order costs leaves room for ten times its points. */
const tooMuch = '1000000000000000000';

function totalsOf(said: string, delivery: Decimal, lines: readonly OrderLine[]) {
  const sum = (amounts: string[]) => amounts.reduce((total, it) => total.plus(it), decimal('0'));
  const goods = sum(lines.map(({ total_price }) => total_price));
  if (goods.plus(delivery).greaterThanOrEqualTo(tooMuch)) {
    unfit(`total_price: expected less than ${tooMuch}, got ${goods.plus(delivery).toFixed()}`);
  }
  const isWithDelivery = decimal(said).equals(goods.plus(delivery));
  if (!isWithDelivery && !decimal(said).equals(goods)) {
    const expected = `${goods.plus(delivery).toFixed()}, the base prices of all lines and delivery_cost`;
    unfit(`total_price: expected ${expected}, got ${said}`);
  }
  const final = sum(lines.map(({ final_total_price }) => final_total_price));
  return {
    total_price: said,
    discount_amount: positive(goods.minus(final)),
    final_total_price: (isWithDelivery ? final.plus(delivery) : final).toFixed(),
  };
}

function customFields(
  market: Market,
  entity: 'order' | 'line_order',
  before: Values | undefined,
  values: Free | undefined,
  path: string,
): Values {
  const result = changeCustomFields(market.customFields[entity], before, values ?? {});
  return 'problem' in result ? unfit(`${path}${result.problem}`) : result.values;
}

const priced = ['endpoint', 'currency', 'region', 'profile_id', 'total_price', 'delivery_cost'] as const;
const pricedOfLine = [
  'goods_id',
  'count',
  'base_price_per_item',
  'min_price_per_item',
  'final_price_per_item',
] as const;

/** What preorder_commit priced must come as it is, or not at all (NG-8); amounts have one form each. */
function checkPriced(before: KnownOrder, change: OrderChange, after: Order): void {
  const fixed = (what: string, value: unknown): never => {
    const problem = `${what}: is ${JSON.stringify(value)} since the order was confirmed, and stays`;
    throw new Refused(refuse('conflict', { problem }));
  };
  const moved = priced.find((key) => before[key] !== after[key]);
  if (moved) fixed(moved, before[moved]);
  if (before.lines.length !== change.lines.length) fixed('lines', before.lines.length);
  for (const [index, line] of after.lines.entries()) {
    const known = before.lines.find(({ external_id }) => external_id === line.external_id);
    if (!known) throw new Refused(refuse('conflict', { problem: `lines[${index}]: is not in the order` }));
    const changed = pricedOfLine.find((key) => known[key] !== line[key]);
    if (changed) fixed(`lines[${index}].${changed}`, known[changed]);
  }
}
