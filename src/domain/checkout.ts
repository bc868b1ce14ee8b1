import { type Amount, decimal, fitsScale, toFixedScale } from './amount';
import { type CurrencySelector, findCurrency, type Program } from './catalog';
import type { KnownGoods } from './goods-facts';
import { type Channel, channelOf, type Market } from './market';
import type { OrderChange, Order as OrderRecord, OrderRefusal } from './order';
import type { ProfileRecord } from './profile-facts';
import { type CodeReason, judgeCode, type PromoCode, type UnknownCode } from './promo-code';
import { answerOf, type PricedAnswer } from './promotion/answer';
import { lineFacts, orderFacts, shopperFacts } from './promotion/facts';
import type { Checkout, Order, OrderLine, PaymentRequest, PromotionUse, Shopper } from './promotion/order';
import { firedIn, type PricedOrder, price, totalsOf } from './promotion/price';
import type { Pricing } from './promotion/pricing';
import { fromWholeMoney, moneyScale, toWhole, type Whole } from './promotion/whole';
import { isRefusal, type Refusal, refuse } from './refusal';

/** What preorder answers of an order. */
export interface CheckoutAnswer extends PricedAnswer {
  external_id: string;
  currency: string;
  delivery_cost: Amount;
  promo_codes: CodeAnswer[];
}

/** What preorder_commit answers, and what is stored with the order. */
export interface CommitAnswer extends CheckoutAnswer {
  order_id: number;
  order_status: string;
  transactions: {
    transaction_id: string;
    transaction_type: 'accrual' | 'redeem';
    points_currency_eid: string;
    amount: Amount;
    line_external_id: string;
  }[];
  balances: { points_currency_eid: string; total_balance: Amount; active_balance: Amount }[];
}

/** What a workflow is asked to confirm: an order, whose, and at which price; without contact data. */
export interface CommitOrder {
  order: CheckoutRequest & { final_total_price: string };
  profile_id: string;
  request_hash: string;
  skip_triggers: boolean;
  /** RFC 3339 UTC: later than this nobody waits any more, and nothing is done. */
  not_after: string;
}

/** What pricing an order may refuse. */
export type CheckoutRefusal =
  | Exclude<OrderRefusal, { refusal: 'conflict' }>
  | WishRefusal
  | Refusal<'profile_not_found' | 'insufficient_points'>;

/** What confirming an order comes to. */
export type CommitOutcome =
  | CommitAnswer
  | CheckoutRefusal
  | Refusal<'order_reused' | 'price_changed' | 'request_expired'>;

/** What an order is priced within. */
export interface CheckoutSettings {
  readonly market: Market;
  readonly channel: Channel;
  /** Undefined: the channel's customers have no active program. */
  readonly program: Program | undefined;
  readonly pricing: Pricing | undefined;
}

type Surroundings = {
  market(): Market;
  programs(): readonly Program[];
  pricing(programId: number): Pricing | undefined;
};

/** Touchpoint → channel → profile database → its active program (G-6). Refusal: resource_not_found. */
export function checkoutSettings(
  catalog: Surroundings,
  endpoint: string,
): CheckoutSettings | Refusal<'resource_not_found'> {
  const market = catalog.market();
  const channel = channelOf(market, endpoint);
  if (!channel) return refuse('resource_not_found', { resource: 'Touchpoint', id: `"${endpoint}"` });
  const program = catalog.programs().find((it) => it.isActive && it.databaseId === channel.database_id);
  return { market, channel, program, pricing: program && catalog.pricing(program.id) };
}

/**
 * The settings with these promotions switched on, as if they were no drafts. Refusal: resource_not_found.
 */
export function withDrafts(
  settings: CheckoutSettings,
  drafts: readonly string[],
): CheckoutSettings | Refusal<'resource_not_found'> {
  const { pricing } = settings;
  const known = new Set(pricing?.promotions.map(({ externalId }) => externalId));
  const unknown = drafts.find((eid) => !known.has(eid));
  if (unknown !== undefined)
    return refuse('resource_not_found', { resource: 'Promotion', id: `"${unknown}"` });
  return pricing ? { ...settings, pricing: switchedOn(pricing, new Set(drafts)) } : settings;
}

/** The pricing with promotions of these external ids as if they were switched on. */
export function switchedOn(pricing: Pricing, drafts: ReadonlySet<string>): Pricing {
  return {
    ...pricing,
    promotions: pricing.promotions.map((promotion) =>
      drafts.has(promotion.externalId) ? { ...promotion, isActive: true } : promotion,
    ),
    inMoney: (scale) => switchedOn(pricing.inMoney(scale), drafts),
  };
}

/** What the order comes to, in major units: "2150.00". */
export function finalPriceOf({ priced, delivery }: PricedCheckout): Amount {
  return fromWholeMoney(totalsOf(priced.lines).final + delivery, priced.scale);
}

/** The priced order as it is answered; money in major units with two decimals. */
export function checkoutAnswer(
  { record, priced, codes, delivery }: PricedCheckout,
  pricing: Pricing | undefined,
  explain: boolean,
): CheckoutAnswer {
  return {
    external_id: record.external_id,
    currency: record.currency,
    delivery_cost: toFixedScale(record.delivery_cost, Math.max(priced.scale, moneyScale)),
    ...answerOf(priced, pricing?.terms.currencies ?? [], { delivery, explain }),
    promo_codes: codes.map(({ code, applied, reason }) => ({ code, applied, reason })),
  };
}

/** The answer without what only an explanation has. */
export function withoutExplanation<A extends CheckoutAnswer>(answer: A): A {
  return { ...answer, lines: answer.lines.map(({ applied: _, ...line }) => line) };
}

/** From what a shop asks to what promotions may look at. */

/** An order that is to be priced, as it was asked for; money in major units, times RFC 3339 UTC. */
export interface CheckoutRequest extends OrderChange {
  promo_codes?: string[] | undefined;
  points_payment?: PaymentWish[] | undefined;
}

/** Points to pay with; amount: a decimal string, or "max". */
export interface PaymentWish {
  points_currency_iid?: number | undefined;
  points_currency_eid?: string | undefined;
  amount: string;
}

/** A promo code that came with the order, and what it is worth to this customer. */
export interface JudgedCode {
  readonly code: string;
  /** Null: it is of no pool. */
  readonly poolId: number | null;
  readonly verdict: 'usable' | CodeReason;
}

/** The customer and what is known of him at the moment of the checkout; `member` null: no member. */
export interface Customer {
  readonly profile: ProfileRecord;
  readonly member: {
    readonly tiers: ReadonlySet<string>;
    /** Active points by currency, as decimal strings. */
    readonly balances: ReadonlyMap<number, string>;
    readonly uses: ReadonlyMap<number, PromotionUse>;
  } | null;
}

/** Whether the code may be used; null: it is unknown, though a promotion may know it by its text. */
export function judgeCodes(
  codes: readonly (PromoCode | UnknownCode)[],
  profileId: string,
  at: string,
): JudgedCode[] {
  return codes.map((code) => ({
    code: code.code,
    poolId: code.code_id === null ? null : code.pool_id,
    verdict: judgeCode(code, profileId, at),
  }));
}

type WishRefusal = Refusal<
  'bad_request' | 'currency_not_found' | 'currency_mismatch' | 'currency_not_redeemable'
>;

/** The wishes to pay with points, each in a currency of the program. */
export function readPayments(
  wishes: readonly PaymentWish[],
  program: Program,
  pricing: Pricing,
): PaymentRequest[] | WishRefusal {
  const payments: PaymentRequest[] = [];
  for (const [index, wish] of wishes.entries()) {
    const payment = readPayment(wish, program, pricing, `points_payment[${index}]`);
    if (isRefusal(payment)) return payment;
    if (payments.some(({ currencyIid }) => currencyIid === payment.currencyIid)) {
      return refuse('bad_request', { problem: `points_payment[${index}]: its currency is there twice` });
    }
    payments.push(payment);
  }
  return payments;
}

function readPayment(
  { points_currency_iid: iid, points_currency_eid: eid, amount }: PaymentWish,
  program: Program,
  { terms }: Pricing,
  path: string,
): PaymentRequest | WishRefusal {
  const selector: CurrencySelector = { iid, eid };
  const currency = findCurrency(program, terms.currencies, selector);
  if (isRefusal(currency)) return currency;
  if (currency.type === 'qualification') {
    return refuse('currency_not_redeemable', { currency: `"${currency.eid}"` });
  }
  if (amount === 'max') return { currencyIid: currency.iid, points: 'max' };
  if (fitsScale(amount, currency.scale)) {
    return { currencyIid: currency.iid, points: toWhole(amount, currency.scale) };
  }
  const most = `"${currency.eid}" allows (${currency.scale})`;
  const problem = `${path}.amount: "${amount}" has more decimals than ${most}`;
  return refuse('bad_request', { problem });
}

type Line = Pick<
  OrderRecord['lines'][number],
  | 'external_id'
  | 'count'
  | 'base_price_per_item'
  | 'min_price_per_item'
  | 'final_price_per_item'
  | 'custom_fields'
>;

/** What of an order has a say in its price; `final_price_per_item`: what the merchant himself asks. */
export type PricedRecord = Pick<
  OrderRecord,
  'endpoint' | 'status' | 'currency' | 'region' | 'total_price' | 'delivery_cost' | 'tags' | 'custom_fields'
> & { readonly lines: readonly Line[] };

/** An order and its customer as the engine sees them. */
interface CheckoutParts {
  /** Decimals of the order's money; `pricing` is for such money. */
  readonly scale: number;
  readonly record: PricedRecord;
  readonly goods: readonly KnownGoods[];
  readonly channel: Channel;
  readonly customer: Customer & { member: NonNullable<Customer['member']> };
  readonly pricing: Pricing;
  readonly codes: readonly JudgedCode[];
  readonly payments: readonly PaymentRequest[];
}

const defaultArbitration = { discounts: 'best', points: 'stack', discountWithPoints: true } as const;

/** What the promotions of a program may look at. `at`: RFC 3339 UTC. */
export function makeCheckout(parts: CheckoutParts, at: string): Checkout {
  const { scale, record, goods, channel, pricing, codes, payments } = parts;
  const { goodsFacts } = pricing.terms;
  const lines = goods.map((item, index) => {
    const line = record.lines[index];
    if (!line) throw new RangeError('There are more goods than lines');
    const facts = lineFacts(item, goodsFacts, record.region ?? undefined, line.custom_fields);
    return toOrderLine(line, item, scale, facts);
  });
  const head = { ...record, channel, total_price: decimal(record.total_price).toFixed() };
  const order: Order = {
    ...{ scale, lines },
    facts: orderFacts(head, lines),
    codes: codes.filter(isOffered).map(({ code, poolId }) => ({ code, poolId })),
    payments,
  };
  return { order, shopper: toShopper(parts, at), at: new Date(at) };
}

/** A text that is of no pool may still be the code a promotion names. */
function isOffered({ verdict }: JudgedCode): boolean {
  return verdict === 'usable' || verdict === 'unknown';
}

type Plain = Pick<CheckoutParts, 'scale' | 'record' | 'goods' | 'payments'>;

/** An order without anybody's promotions: prices only. */
function plainOrder({ scale, record, goods }: Plain): Order {
  const lines = record.lines.map((line, index) => toOrderLine(line, goods[index], scale, {}));
  return { scale, lines, facts: {}, codes: [], payments: [] };
}

function toOrderLine(
  line: Line,
  goods: KnownGoods | undefined,
  scale: number,
  facts: OrderLine['facts'],
): OrderLine {
  const money = (amount: string) => toWhole(amount, scale);
  const [base, final] = [money(line.base_price_per_item), money(line.final_price_per_item)];
  const isSku = goods?.entity_type === 'sku';
  return {
    externalId: line.external_id,
    product: (isSku ? goods.product_external_id : goods?.external_id) ?? null,
    sku: isSku ? goods.external_id : null,
    count: line.count,
    basePrice: base,
    merchantPrice: final < base ? final : base,
    minPrice: money(line.min_price_per_item),
    facts,
  };
}

function toShopper({ customer, pricing }: CheckoutParts, at: string): Shopper {
  const { profile, member } = customer;
  const scales = new Map(pricing.terms.currencies.map(({ iid, scale }) => [iid, scale]));
  const balances = [...member.balances].flatMap(([iid, amount]): [number, Whole][] => {
    const scale = scales.get(iid);
    return scale === undefined ? [] : [[iid, toWhole(amount, scale)]];
  });
  return {
    facts: shopperFacts(profile, pricing, at),
    tiers: member.tiers,
    balances: new Map(balances),
    uses: member.uses,
  };
}

/** A promo code that came with an order, as it is answered. */
export interface CodeAnswer {
  code: string;
  applied: boolean;
  reason: CodeReason | 'not_needed' | null;
}

/** An order priced for a customer, with all that answering and carrying it out need. */
export interface PricedCheckout {
  readonly record: OrderRecord;
  readonly priced: PricedOrder;
  /** `isIssued`: it is a code of a pool, and not only a word that a promotion names. */
  readonly codes: readonly (CodeAnswer & { isIssued: boolean })[];
  readonly delivery: Whole;
}

/** Prices an order for its customer. Refusal: insufficient_points, if he wishes to spend more than he has. */
export function priceCheckout(
  parts: Omit<CheckoutParts, 'record' | 'customer' | 'pricing'> & {
    record: OrderRecord;
    customer: Customer;
    pricing: Pricing | undefined;
  },
  at: string,
): PricedCheckout | Refusal<'insufficient_points'> {
  const { scale, record, customer, pricing, codes } = parts;
  const { member } = customer;
  const priced =
    member && pricing
      ? price(
          pricing.promotions,
          makeCheckout({ ...parts, customer: { ...customer, member }, pricing }, at),
          pricing.policy,
        )
      : priceForNobody(parts);
  if ('overdrawn' in priced) return refuse('insufficient_points', {});
  const offered = codes.filter(isOffered);
  const used = [...firedIn(priced.lines)].flatMap((promotion) => promotion.codesUsed(offered));
  const answered = codes.map((code) => codeAnswer(code, new Set(used.map((it) => it.code))));
  return { record, priced, codes: answered, delivery: deliveryInTotals(record, scale) };
}

/** Who is no member gets prices without benefits (G-39), and has no points to spend. */
function priceForNobody(parts: Plain) {
  const overdrawn = parts.payments.find(({ points }) => points !== 'max' && points > 0n);
  if (overdrawn) return { overdrawn };
  const shopper = { facts: {}, tiers: new Set<string>(), balances: new Map(), uses: new Map() };
  const checkout = { order: plainOrder(parts), shopper, at: new Date(0) };
  const policy = { arbitration: defaultArbitration, groups: [], currencies: [] };
  return price([], checkout, policy);
}

function codeAnswer({ code, poolId, verdict }: JudgedCode, used: ReadonlySet<string>) {
  const applied = used.has(code);
  const reason: CodeAnswer['reason'] = applied ? null : verdict === 'usable' ? 'not_needed' : verdict;
  return { code, applied, reason, isIssued: poolId !== null };
}

/** The delivery that the order's totals contain, in minor units, by its own sums (spec/domain.md 9.2). */
export function deliveryInTotals(
  { total_price, delivery_cost, lines }: Pick<PricedRecord, 'total_price' | 'delivery_cost' | 'lines'>,
  scale: number,
): Whole {
  const ofLine = (line: Line) => decimal(line.base_price_per_item).times(line.count);
  const goods = lines.reduce((sum, line) => sum.plus(ofLine(line)), decimal('0'));
  return decimal(total_price).equals(goods) ? 0n : toWhole(delivery_cost, scale);
}
