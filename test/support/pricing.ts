import type { FactType } from '../../src/domain/condition';
import { answerOf, type PricedAnswer } from '../../src/domain/promotion/answer';
import type { PromotionGroup } from '../../src/domain/promotion/arbitrate';
import { conditionPart, discountPart, pointsPart } from '../../src/domain/promotion/kinds';
import { limitsSchema } from '../../src/domain/promotion/limits';
import type { Checkout, OrderLine, PromotionUse } from '../../src/domain/promotion/order';
import { type Arbitration, type PricedOrder, price } from '../../src/domain/promotion/price';
import {
  checkOrderPromotion,
  compilePromotion,
  type OrderPromotion,
} from '../../src/domain/promotion/promotion';
import type { PointsCurrency, Terms } from '../../src/domain/promotion/terms';
import { toWhole } from '../../src/domain/promotion/whole';

/** An order and the promotions of a program, as short as examples are written. */
export interface Pricing {
  arbitration?: { discounts?: string; points?: string; discount_with_points?: boolean };
  groups?: { id: number; mode: string; parent?: number; priority?: number }[];
  promotions: PromotionText[];
  lines: LineText[];
  /** Decimals of the order's money; 2 unless given. */
  scale?: number;
  points_payment?: Record<string, string>;
  promo_codes?: string[];
  balances?: Record<string, string>;
  tiers?: string[];
  at?: string;
  facts?: Record<string, string>;
}

export interface PromotionText {
  id?: number;
  external_id?: string;
  kind?: 'discount' | 'points';
  effects: object[];
  conditions?: object[];
  limits?: object;
  priority?: number;
  combinable?: boolean;
  group?: number;
  is_active?: boolean;
  start_date?: string;
  end_date?: string;
  use?: Partial<PromotionUse>;
}

interface LineText {
  product?: string;
  sku?: string;
  count?: number;
  price: string;
  min?: string;
  merchant?: string;
  category?: string[];
}

const stars: PointsCurrency = {
  ...{ iid: 2, eid: 'stars', type: 'standard', scale: 2, rounding: 'down' },
  ...{ points: 1n, money: 1n, moneyCurrency: null },
};
const miles: PointsCurrency = {
  ...{ iid: 3, eid: 'miles', type: 'standard', scale: 0, rounding: 'half_up' },
  ...{ points: 3n, money: 100n, moneyCurrency: null },
};
const rank: PointsCurrency = {
  ...{ iid: 4, eid: 'rank', type: 'qualification', scale: 0, rounding: 'down' },
  ...{ points: 1n, money: 100n, moneyCurrency: null },
};
const currencies = [stars, miles, rank];

/** What so many decimals of money make of the currencies. */
function currenciesIn(scale: number): PointsCurrency[] {
  return currencies.map(({ points, money, ...rest }) => ({
    ...{ ...rest, points: points * 10n ** BigInt(4 - scale), money: money * 100n },
  }));
}

export const terms: Terms = {
  timezone: 'Europe/Berlin',
  moneyScale: 2,
  currencies,
  orderFacts: new Map<string, FactType>([
    ['channel', 'text'],
    ['total', 'number'],
  ]),
  goodsFacts: new Map<string, FactType>([
    ['price', 'number'],
    ['category', 'texts'],
  ]),
  profileFacts: new Map<string, FactType>([['city', 'text']]),
  profileSegments: new Map([['locals', ({ city }) => city === 'Rome']]),
  goodsSegments: new Map([
    ['books', ({ facts }: OrderLine) => (facts.category as string[]).includes('book')],
  ]),
  tiers: new Set(['bronze', 'silver']),
  pools: new Map([['spring', 7]]),
};

/** The promotion, checked as it would be when it is set up. */
export function promotionOf(text: PromotionText, index: number): OrderPromotion {
  const kind = text.kind ?? (text.effects.some((it) => 'points_currency_eid' in it) ? 'points' : 'discount');
  const promotion: OrderPromotion = {
    id: text.id ?? index + 1,
    externalId: text.external_id ?? `p${index + 1}`,
    name: text.external_id ?? `p${index + 1}`,
    kind,
    isActive: text.is_active ?? true,
    startDate: text.start_date ?? null,
    endDate: text.end_date ?? null,
    priority: text.priority ?? 0,
    isCombinable: text.combinable ?? true,
    groupId: text.group ?? null,
    limits: text.limits ? limitsSchema.parse(text.limits) : null,
    conditions: (text.conditions ?? []).map((part) => conditionPart.parse(part)),
    effects: text.effects.map((part) => (kind === 'points' ? pointsPart : discountPart).parse(part)),
  };
  const problem = checkOrderPromotion(promotion, terms);
  if (problem) throw new Error(`${problem.path.join('.')}: ${problem.problem}`);
  return promotion;
}

function lineOf(text: LineText, index: number, scale: number): OrderLine {
  const price = toWhole(text.price, scale);
  return {
    externalId: String(index + 1),
    product: text.product ?? (text.sku ? null : `P${index + 1}`),
    sku: text.sku ?? null,
    count: text.count ?? 1,
    basePrice: price,
    merchantPrice: text.merchant === undefined ? price : toWhole(text.merchant, scale),
    minPrice: toWhole(text.min ?? '0', scale),
    facts: { price: text.price, category: text.category ?? [] },
  };
}

export function checkoutOf(pricing: Pricing): Checkout {
  const asked = Object.entries(pricing.points_payment ?? {});
  const uses = pricing.promotions.flatMap(({ id, use }, index) =>
    use
      ? [[id ?? index + 1, { total: 0, byMember: 0, byMemberInPeriod: 0, granted: 0n, ...use }] as const]
      : [],
  );
  return {
    order: {
      scale: pricing.scale ?? 2,
      lines: pricing.lines.map((line, index) => lineOf(line, index, pricing.scale ?? 2)),
      facts: { channel: 'online', ...pricing.facts },
      codes: (pricing.promo_codes ?? []).map((code) => ({
        code,
        poolId: code.startsWith('SPRING') ? 7 : null,
      })),
      payments: asked.map(([eid, points]) => ({
        currencyIid: named(eid).iid,
        points: points === 'max' ? points : toWhole(points, named(eid).scale),
      })),
    },
    shopper: {
      facts: { city: 'Rome' },
      tiers: new Set(pricing.tiers ?? []),
      balances: new Map(
        Object.entries(pricing.balances ?? {}).map(([eid, points]) => [
          named(eid).iid,
          toWhole(points, named(eid).scale),
        ]),
      ),
      uses: new Map(uses),
    },
    at: new Date(pricing.at ?? '2025-06-02T10:00:00Z'),
  };
}

function named(eid: string): PointsCurrency {
  const currency = currencies.find((it) => it.eid === eid);
  if (!currency) throw new Error(`The examples have no currency ${eid}`);
  return currency;
}

export function policyOf({
  arbitration = {},
  groups = [],
  scale = 2,
}: Omit<Pricing, 'promotions' | 'lines'>) {
  return {
    arbitration: {
      discounts: arbitration.discounts ?? 'best',
      points: arbitration.points ?? 'stack',
      discountWithPoints: arbitration.discount_with_points ?? true,
    } as Arbitration,
    groups: groups.map(
      ({ id, mode, parent, priority }) =>
        ({
          id,
          externalId: `g${id}`,
          parentId: parent ?? null,
          mode,
          priority: priority ?? 0,
        }) as PromotionGroup,
    ),
    currencies: currenciesIn(scale),
  };
}

/** The priced order; throws if it is refused because of too few points. */
export function priceOf(pricing: Pricing): PricedOrder {
  const { scale = 2 } = pricing;
  const here = { ...terms, moneyScale: scale, currencies: currenciesIn(scale) };
  const promotions = pricing.promotions.map(promotionOf).map((it) => compilePromotion(it, here));
  const priced = price(promotions, checkoutOf(pricing), policyOf(pricing));
  if ('overdrawn' in priced) throw new Error(`Too few ${priced.overdrawn.eid}`);
  return priced;
}

export function answerTo(pricing: Pricing, { explain = false } = {}): PricedAnswer {
  return answerOf(priceOf(pricing), currencies, { delivery: 0n, explain });
}

/**
 * Each line in short: what is to pay, and what it earns: "1720.00 +86.00 stars".
 */
export function short({ lines }: PricedAnswer): string[] {
  return lines.map(({ final_total_price: final, points_accrued: earned }) =>
    [final, ...earned.map(({ amount, points_currency_eid: eid }) => `+${amount} ${eid}`)].join(' '),
  );
}
