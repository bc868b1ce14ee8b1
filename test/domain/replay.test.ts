import type { PromotionUse } from '../../src/domain/promotion/order';
import type { Pricing as ProgramPricing } from '../../src/domain/promotion/pricing';
import { type CompiledPromotion, compilePromotion } from '../../src/domain/promotion/promotion';
import { Replay, replaySettings } from '../../src/domain/replay';
import type { SimulationOptions, SimulationReport } from '../../src/domain/simulation';
import {
  checkoutOf,
  type Pricing,
  type PromotionText,
  policyOf,
  promotionOf,
  terms,
} from '../support/pricing';

/** An order of a member who is called Ann unless told otherwise; null: of somebody who is none. */
type OrderText = Pick<Pricing, 'lines' | 'balances' | 'points_payment' | 'tiers' | 'facts'> & {
  at?: string;
  by?: string | null;
  currency?: string;
  delivery?: bigint;
};

interface Case extends Pick<Pricing, 'arbitration' | 'groups'> {
  draft: PromotionText;
  others?: PromotionText[];
  orders: OrderText[];
  options?: Partial<SimulationOptions>;
  /** Uses of the others before the first order, by position. */
  before?: Record<number, Partial<PromotionUse>>;
  /** What the report says, worked out by hand. */
  expect: Partial<{ [K in keyof SimulationReport]: unknown }>;
}

const draftId = 9;
const off = (percent: number) => ({ kind: 'percent_off', percent });
const back = (percent: number, points_currency_eid = 'stars') => ({
  ...{ kind: 'percent_points', points_currency_eid, percent },
});
const hundred = [{ price: '100.00' }];
const day = (n: number) => `2025-06-${String(n).padStart(2, '0')}T10:00:00Z`;
const money = (currency: string, rest: object) => ({ currency, points_payment_amount: '0.00', ...rest });

const cases: Record<string, Case> = {
  'a discount alone: a tenth off two of three orders': {
    draft: { effects: [off(10)], conditions: [{ kind: 'goods', products: ['P1'] }] },
    orders: [
      { lines: [{ price: '100.00' }, { price: '50.00' }] },
      { lines: [{ product: 'other', price: '70.00' }] },
      { lines: [{ price: '0.05', count: 3 }], by: 'bob' },
    ],
    expect: {
      from: day(1),
      to: day(3),
      orders: { read: 3, of_members: 3, touched: 2, share: '0.6667' },
      customers: { read: 2, touched: 2 },
      money: [
        money('EUR', {
          ...{ orders: 3, touched: 2, revenue_before: '220.15', revenue_after: '210.13' },
          ...{ revenue_change: '-10.02', discount_amount: '10.02' },
        }),
      ],
      points: [],
      others: [],
      rejected: [
        {
          ...{ reason: 'no_matching_lines', orders: 1 },
          example: { order_external_id: 'o2', detail: 'no line with such goods' },
        },
      ],
      limits: null,
    },
  },
  'of two the better one: 20 % take the place of 10 %, and less is earned on what is left': {
    draft: { effects: [off(20)] },
    others: [
      { external_id: 'ten', effects: [off(10)] },
      { external_id: 'back5', effects: [back(5)] },
    ],
    orders: [{ lines: hundred }, { lines: [{ price: '10.00' }], by: null }],
    expect: {
      orders: { read: 2, of_members: 1, touched: 1, share: '0.5000' },
      customers: { read: 1, touched: 1 },
      money: [
        money('EUR', {
          ...{ orders: 2, touched: 1, revenue_before: '100.00', revenue_after: '90.00' },
          ...{ revenue_change: '-10.00', discount_amount: '20.00' },
        }),
      ],
      points: [
        {
          ...{ points_currency_iid: 2, points_currency_eid: 'stars', currency: 'EUR' },
          ...{ granted: '0.00', granted_worth: '0.00', redeemed: '0.00', redeemed_worth: '0.00' },
          ...{ granted_change: '-0.50', redeemed_change: '0.00' },
        },
      ],
      others: [
        {
          ...{ promo_iid: 1, promo_eid: 'ten', currency: 'EUR', orders_lost: 1, orders_gained: 0 },
          ...{ discount_change: '-10.00', points: [] },
        },
        {
          ...{ promo_iid: 2, promo_eid: 'back5', currency: 'EUR', orders_lost: 0, orders_gained: 0 },
          discount_change: '0.00',
          points: [{ points_currency_eid: 'stars', granted_change: '-0.50', redeemed_change: '0.00' }],
        },
      ],
      rejected: [],
      examples: [
        {
          ...{ order_external_id: 'o1', create_time: day(1), currency: 'EUR' },
          before: {
            ...{ discount_amount: '10.00', points_payment_amount: '0.00', final_total_price: '90.00' },
            points_accrued: [{ points_currency_eid: 'stars', amount: '4.50' }],
            ...{ points_redeemed: [], promotions: ['ten', 'back5'] },
          },
          after: {
            ...{ discount_amount: '20.00', points_payment_amount: '0.00', final_total_price: '80.00' },
            points_accrued: [{ points_currency_eid: 'stars', amount: '4.00' }],
            ...{ points_redeemed: [], promotions: ['back5', 'p1'] },
          },
        },
      ],
    },
  },
  'a worse one loses every order, and says to whom': {
    draft: { effects: [off(5)] },
    others: [{ external_id: 'ten', effects: [off(10)] }],
    orders: [{ lines: hundred }, { lines: hundred }],
    expect: {
      orders: { read: 2, of_members: 2, touched: 0, share: '0.0000' },
      rejected: [
        {
          ...{ reason: 'arbitration', orders: 2 },
          example: { order_external_id: 'o1', detail: 'outranked by ten' },
        },
      ],
      others: [],
      examples: [],
    },
  },
  'points are worth what their currency says: 3 miles for 100 cents, half up': {
    draft: { effects: [back(10, 'miles'), { kind: 'points_payment', points_currency_eid: 'stars' }] },
    orders: [{ lines: hundred, balances: { stars: '30' }, points_payment: { stars: '20' } }],
    expect: {
      money: [
        {
          ...{ currency: 'EUR', orders: 1, touched: 1, revenue_before: '100.00', revenue_after: '80.00' },
          ...{ revenue_change: '-20.00', discount_amount: '0.00', points_payment_amount: '20.00' },
        },
      ],
      points: [
        {
          ...{ points_currency_iid: 2, points_currency_eid: 'stars', currency: 'EUR' },
          ...{ granted: '0.00', granted_worth: '0.00', redeemed: '20.00', redeemed_worth: '20.00' },
          ...{ granted_change: '0.00', redeemed_change: '20.00' },
        },
        {
          // A tenth of 80.00 is 8.00, at 3 miles for 1.00 worth 24 miles.
          ...{ points_currency_iid: 3, points_currency_eid: 'miles', currency: 'EUR' },
          ...{ granted: '24', granted_worth: '8.00', redeemed: '0', redeemed_worth: '0.00' },
          ...{ granted_change: '24', redeemed_change: '0' },
        },
      ],
    },
  },
  'qualification points are worth nothing': {
    draft: { effects: [{ kind: 'fixed_points', points_currency_eid: 'rank', amount: '7' }] },
    orders: [{ lines: hundred }],
    expect: { points: [expect.objectContaining({ granted: '7', granted_worth: null })] },
  },
  'total_uses: only the first two have it': {
    draft: { effects: [off(10)], limits: { total_uses: 2 } },
    orders: [1, 2, 3, 4].map(() => ({ lines: hundred })),
    expect: {
      orders: { read: 4, of_members: 4, touched: 2, share: '0.5000' },
      limits: {
        ...{ uses: 2, total_uses: 2, granted: null, budget: null, budget_points_currency_eid: null },
        ...{ exhausted_at: day(2), orders_refused: 2 },
      },
      rejected: [
        { reason: 'limit', orders: 2, example: { order_external_id: 'o3', detail: 'used 2 of 2 times' } },
      ],
    },
  },
  'a budget in money is used to its last cent': {
    draft: { effects: [off(10)], limits: { budget: { money: '25.00' } } },
    orders: [1, 2, 3, 4].map(() => ({ lines: hundred })),
    expect: {
      money: [expect.objectContaining({ discount_amount: '25.00', revenue_change: '-25.00', touched: 3 })],
      limits: {
        ...{ uses: 3, total_uses: null, granted: '25.00', budget: '25.00' },
        ...{ budget_points_currency_eid: null, exhausted_at: day(3), orders_refused: 1 },
      },
    },
  },
  'a budget in points': {
    draft: { effects: [back(10)], limits: { budget: { points: '15', points_currency_eid: 'stars' } } },
    orders: [1, 2, 3].map(() => ({ lines: hundred })),
    expect: {
      limits: {
        ...{ uses: 2, total_uses: null, granted: '15.00', budget: '15.00' },
        ...{ budget_points_currency_eid: 'stars', exhausted_at: day(2), orders_refused: 1 },
      },
    },
  },
  'once per member and calendar month; nothing is exhausted by that': {
    draft: { effects: [off(10)], limits: { uses_per_period: { uses: 1, period: 'month' } } },
    orders: [
      { lines: hundred, at: day(1) },
      { lines: hundred, at: day(2) },
      { lines: hundred, at: day(2), by: 'bob' },
      { lines: hundred, at: '2025-07-01T10:00:00Z' },
    ],
    expect: {
      orders: expect.objectContaining({ touched: 3 }),
      limits: expect.objectContaining({ uses: 3, exhausted_at: null, orders_refused: 1 }),
    },
  },
  'once per member': {
    draft: { effects: [off(10)], limits: { uses_per_member: 1 } },
    orders: [{ lines: hundred }, { lines: hundred, by: 'bob' }, { lines: hundred }],
    expect: { limits: expect.objectContaining({ uses: 2, orders_refused: 1 }) },
  },
  'what it takes from a limited one is left for later orders': {
    arbitration: { discounts: 'priority_first' },
    draft: { effects: [off(10)], conditions: [{ kind: 'minimum_sum', amount: '60' }] },
    others: [{ external_id: 'two', priority: 1, effects: [off(50)], limits: { total_uses: 2 } }],
    orders: [{ lines: hundred }, { lines: [{ price: '50.00' }] }, { lines: [{ price: '40.00' }] }],
    expect: {
      // Without: 50, 25, 40. With: 90, 25, 20.
      money: [
        money('EUR', {
          ...{ orders: 3, touched: 1, revenue_before: '115.00', revenue_after: '135.00' },
          ...{ revenue_change: '20.00', discount_amount: '10.00' },
        }),
      ],
      others: [
        {
          ...{ promo_iid: 1, promo_eid: 'two', currency: 'EUR', orders_lost: 1, orders_gained: 1 },
          ...{ discount_change: '-30.00', points: [] },
        },
      ],
    },
  },
  'what others had been used before counts': {
    draft: { effects: [off(10)] },
    others: [{ external_id: 'two', effects: [off(50)], limits: { total_uses: 2, uses_per_member: 9 } }],
    before: { 0: { total: 1 } },
    orders: [{ lines: hundred }, { lines: hundred }],
    expect: { money: [expect.objectContaining({ revenue_before: '150.00', revenue_after: '140.00' })] },
  },
  'each money by itself': {
    draft: { effects: [off(10)] },
    orders: [{ lines: hundred, currency: 'USD' }, { lines: [{ price: '50.00' }] }],
    expect: {
      money: [
        expect.objectContaining({ currency: 'EUR', discount_amount: '5.00' }),
        expect.objectContaining({ currency: 'USD', discount_amount: '10.00' }),
      ],
    },
  },
  'every reason is counted, the most frequent first': {
    draft: {
      effects: [off(10)],
      conditions: [
        { kind: 'audience', tiers: ['silver'] },
        { kind: 'minimum_sum', amount: '60' },
      ],
    },
    orders: [
      { lines: hundred },
      { lines: [{ price: '50.00' }], tiers: ['silver'] },
      { lines: hundred },
      { lines: hundred, tiers: ['silver'] },
    ],
    expect: {
      orders: expect.objectContaining({ touched: 1 }),
      rejected: [
        {
          ...{ reason: 'audience', orders: 2 },
          example: { order_external_id: 'o1', detail: 'not of tier silver' },
        },
        {
          ...{ reason: 'order_segment', orders: 1 },
          example: { order_external_id: 'o2', detail: 'sum 50.00 is below 60.00' },
        },
      ],
    },
  },
  'its dates do not count, those of others do': {
    draft: { effects: [off(10)], is_active: false, start_date: '2999-01-01T00:00:00Z' },
    others: [{ external_id: 'past', effects: [off(50)], end_date: day(1) }],
    orders: [{ lines: hundred }, { lines: hundred }],
    expect: { money: [expect.objectContaining({ revenue_before: '150.00', revenue_after: '140.00' })] },
  },
  'its dates count if they are to': {
    draft: { effects: [off(10)], is_active: false, start_date: day(2) },
    options: { keep_dates: true },
    orders: [{ lines: hundred }, { lines: hundred }],
    expect: {
      orders: expect.objectContaining({ touched: 1 }),
      rejected: [expect.objectContaining({ reason: 'out_of_dates', orders: 1 })],
    },
  },
  'other drafts, and without others': {
    draft: { effects: [off(10)] },
    others: [
      { external_id: 'other draft', effects: [back(5)], is_active: false },
      { external_id: 'rival', effects: [off(90)] },
    ],
    options: { drafts: ['other draft'], without: ['rival'] },
    orders: [{ lines: hundred }],
    expect: {
      money: [expect.objectContaining({ revenue_before: '100.00', revenue_after: '90.00' })],
      points: [expect.objectContaining({ granted: '0.00', granted_change: '-0.50' })],
    },
  },
  'the examples are the five that cost most, the earlier before the later': {
    draft: { effects: [off(10)] },
    orders: ['3', '9', '1', '7', '9', '5', '2'].map((price) => ({ lines: [{ price }], delivery: 100n })),
    expect: {
      examples: ['o2', 'o5', 'o4', 'o6', 'o1'].map((order_external_id) =>
        expect.objectContaining({ order_external_id }),
      ),
    },
  },
  'no orders at all': {
    draft: { effects: [off(10)] },
    orders: [],
    expect: {
      ...{ from: null, to: null, money: [], points: [], others: [], rejected: [], examples: [] },
      orders: { read: 0, of_members: 0, touched: 0, share: '0.0000' },
    },
  },
};

function pricingOf(
  promotions: CompiledPromotion[],
  policy: Pick<Pricing, 'arbitration' | 'groups'>,
): ProgramPricing {
  const pricing = { promotions, policy: policyOf(policy), terms, segments: [], inMoney: () => pricing };
  return pricing;
}

function replay({ draft, others = [], orders, options, before = {}, ...policy }: Case): SimulationReport {
  const texts = [...others, { id: draftId, external_id: 'p1', ...draft }];
  const promotions = texts.map(promotionOf).map((it) => compilePromotion(it, terms));
  const settings = replaySettings(pricingOf(promotions, policy), draftId, {
    ...{ drafts: [], without: [], keep_dates: false },
    ...options,
  });
  if ('problem' in settings) throw new Error(settings.problem);
  const going = new Replay(settings, orders[0]?.at ?? day(1));
  const none = { total: 0, byMember: 0, byMemberInPeriod: 0, granted: 0n };
  const uses = Object.entries(before).map(
    ([index, use]) => [Number(index) + 1, { ...none, ...use }] as const,
  );
  for (const [index, order] of orders.entries()) {
    const { by = 'ann', currency = 'EUR', at = day(index + 1), delivery = 0n, ...text } = order;
    const checkout = checkoutOf({ promotions: [], at, ...text });
    going.add({
      order: { external_id: `o${index + 1}`, create_time: at, currency, profile_id: by },
      ...{ checkout, delivery, isOfMember: by !== null, before: new Map(uses) },
    });
  }
  return going.report();
}

test.each(Object.entries(cases))('%s', (_, it) => {
  expect(replay(it)).toMatchObject(it.expect);
});

test('a promotion that lost what it names cannot be simulated', () => {
  const promotion = { ...promotionOf({ id: draftId, effects: [off(10)] }, 0), effects: [] };
  const promotions = [compilePromotion(promotion, terms)];
  const options = { drafts: [], without: [], keep_dates: false };
  const pricing = pricingOf(promotions, {});
  expect(replaySettings(pricing, draftId, options)).toMatchObject({ problem: /names something/ });
  expect(replaySettings(pricing, 5, options)).toEqual({ problem: 'the promotion was deleted' });
});
