import fc from 'fast-check';
import type { Json } from './wire';

/** Programs, customers and orders as fast-check draws them; names and scales are those of shops.sql. */

const moneyScales: Record<string, number> = { RUB: 2, JPY: 0, KWD: 3, CLF: 4 };

export interface DrawnPromotion {
  kind: 'discount' | 'points';
  priority: number;
  combinable: boolean;
  group: number | null;
  isActive: boolean;
  isPartners: boolean;
  start: string | null;
  end: string | null;
  limits: object | null;
  conditions: object[];
  effects: object[];
}

export interface DrawnShop {
  program: number;
  arbitration: { discounts: string; points: string; together: boolean };
  groups: { mode: string; priority: number }[];
  promotions: DrawnPromotion[];
  customer: { city: string; stars: string; miles: string; rank: string; isMember: boolean };
  order: Json;
  /** Codes of pools that are there: of the customer's own, of everybody's. */
  codes: { own: number; shared: number };
  format: 'json' | 'xml';
}

const units = (scale: number, max: number, min = 0) =>
  fc.integer({ min, max }).map((whole) => (whole / 10 ** scale).toFixed(scale));
const cents = (max: number) => units(2, max, 1);
const percent = fc.oneof(fc.constantFrom('10', '100', '33.33', '0.01'), units(2, 10_000, 1));
const scope = fc.constantFrom('matching', 'order');
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const modes = ['best', 'priority_first', 'stack_sequential', 'stack_additive'];

const discount = fc.oneof(
  fc.record({ kind: fc.constant('percent_off'), percent, scope, max_discount: maybe(cents(3_000)) }),
  fc.record({ kind: fc.constant('amount_off_unit'), amount: cents(2_000), scope }),
  fc.record({ kind: fc.constant('amount_off_order'), amount: cents(5_000), scope }),
  fc.record({ kind: fc.constant('special_price'), price: units(2, 5_000), max_discount: maybe(cents(900)) }),
  fc.record({
    ...{ kind: fc.constant('units_off'), which: fc.constantFrom('cheapest', 'most_expensive'), percent },
    ...{ units: fc.integer({ min: 1, max: 4 }), max_discount: maybe(cents(900)) },
  }),
  fc.record({ kind: fc.constant('every_nth_unit'), n: fc.integer({ min: 1, max: 4 }), percent, scope }),
);

const standard = fc.constantFrom('stars', 'miles');
const currency = fc.constantFrom('stars', 'stars', 'miles', 'rank');
/** Few decimals, so that every currency can hold them. */
const whole = fc.integer({ min: 1, max: 60 }).map(String);
const life = maybe(
  fc.record({ n: fc.integer({ min: 1, max: 400 }), unit: fc.constantFrom('day', 'month', 'year') }),
);
const earning = fc
  .oneof(
    fc.record({ kind: fc.constant('percent_points'), percent }),
    fc.record({ kind: fc.constant('fixed_points'), amount: whole, per: fc.constantFrom('order', 'unit') }),
    fc.record({
      ...{ kind: fc.constant('points_per_money'), amount: whole, money: cents(3_000) },
      full_steps: fc.boolean(),
    }),
  )
  .chain((effect) =>
    fc.record({ points_currency_eid: currency, scope, max_points: maybe(whole), life, wait: life }).map(
      ({ life: expiration, wait: activation, points_currency_eid: eid, ...rest }): Json => ({
        ...{ ...effect, ...rest, points_currency_eid: eid, activation },
        ...(eid === 'rank' ? {} : { expiration }),
      }),
    ),
  );
const payment = fc.record({
  ...{ kind: fc.constant('points_payment'), points_currency_eid: standard },
  ...{ mode: fc.constantFrom('on_request', 'automatic'), max_percent: percent, max_points: maybe(whole) },
  min_order: units(2, 4_000),
  excluded: maybe(fc.constant({ categories: ['toys'] })),
});

const goods = fc.constantFrom<object[]>(
  { kind: 'goods', products: ['P1', 'P2'] },
  { kind: 'goods', skus: ['S1'], except: true },
  { kind: 'goods', categories: ['toys'] },
  { kind: 'goods', segments: ['picked'] },
  { kind: 'goods', where: { field: 'price', operator: 'lt', value: 8 } },
);
const condition = fc.oneof(
  { weight: 4, arbitrary: goods },
  {
    weight: 3,
    arbitrary: fc.constantFrom<object[]>(
      { kind: 'audience', segments: ['romans'] },
      { kind: 'audience', tiers: ['silver', 'gold'] },
      { kind: 'audience', where: { field: 'city', operator: 'ne', value: 'Oslo' } },
      { kind: 'order', where: { field: 'channel_type', operator: 'eq', value: 'online' } },
      { kind: 'order', where: { field: 'total', operator: 'gte', value: 20 } },
      { kind: 'order', where: { any: [{ field: 'tags', operator: 'in', value: ['vip'] }] } },
      { kind: 'order', where: { field: 'custom_fields.gift', operator: 'eq', value: true } },
      { kind: 'minimum_count', count: 3 },
      { kind: 'hours', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00' },
      { kind: 'promo_code', code: 'HELLO' },
      { kind: 'promo_code', code: 'BYE' },
    ),
  },
  { weight: 1, arbitrary: cents(4_000).map((amount) => ({ kind: 'minimum_sum', amount })) },
  { weight: 2, arbitrary: fc.constantFrom({ pool: 'own' }, { pool: 'shared' }) },
);

const limits = (kind: 'discount' | 'points') =>
  fc.record({
    total_uses: maybe(fc.integer({ min: 1, max: 3 })),
    uses_per_member: maybe(fc.constant(1)),
    uses_per_period: maybe(fc.constant({ uses: 2, period: 'week' })),
    budget: maybe(
      kind === 'discount'
        ? cents(2_000).map((money): object => ({ money }))
        : fc.record({ points: whole, points_currency_eid: currency }),
    ),
  });

const promotion = fc.constantFrom('discount' as const, 'points' as const).chain((kind) =>
  fc.record<DrawnPromotion>({
    kind: fc.constant(kind),
    priority: fc.integer({ min: 0, max: 2 }),
    combinable: fc.boolean(),
    group: fc.option(fc.integer({ min: 0, max: 1 })),
    isActive: fc.integer({ min: 0, max: 9 }).map((it) => it > 0),
    isPartners: fc.integer({ min: 0, max: 4 }).map((it) => it === 0),
    start: fc.constantFrom(null, null, '2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z'),
    end: fc.constantFrom(null, null, '2999-12-31T00:00:00Z'),
    limits: fc.option(limits(kind), { freq: 3 }),
    conditions: fc.array(condition, { maxLength: 2 }),
    effects:
      kind === 'discount'
        ? fc.array(discount, { minLength: 1, maxLength: 2 })
        : fc
            .tuple(fc.array(earning, { maxLength: 2 }), fc.array(payment, { maxLength: 2 }))
            .map(([earnings, payments]) => [...oncePerCurrency(earnings), ...oncePerCurrency(payments)])
            .filter((effects) => effects.length > 0),
  }),
);

function oncePerCurrency(effects: Json[]): Json[] {
  const seen = new Set<unknown>();
  return effects.filter(({ points_currency_eid: eid }) => !seen.has(eid) && seen.add(eid) !== undefined);
}

const line = (scale: number) =>
  fc
    .record({
      goods: fc.constantFrom(
        { product: 'P1' },
        { product: 'P2' },
        { product: 'P3' },
        { sku: 'S1' },
        { sku: 'S3' },
      ),
      count: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 5 }) },
        fc.constantFrom(137, 1_000_000),
      ),
      base_price_per_item: fc.oneof(units(scale, 20_000), units(scale, 150)),
      min_price_per_item: maybe(units(scale, 5_000)),
      final_price_per_item: maybe(units(scale, 12_000)),
      custom_fields: maybe(fc.constant({ engraving: 'for <Ann> & Bob' })),
    })
    .map(({ goods: of, ...rest }): Json => ({ ...of, ...rest }));

const order = (program: number) =>
  fc.constantFrom('RUB', 'RUB', 'RUB', 'JPY', 'KWD', 'CLF').chain((money) => {
    const scale = moneyScales[money] as number;
    return fc
      .record({
        endpoint: fc.constantFrom(`web-${program}`, `web-${program}`, `till-${program}`),
        lines: fc.array(line(scale), { minLength: 1, maxLength: 6 }),
        delivery_cost: maybe(units(scale, 3_000)),
        withDelivery: fc.boolean(),
        region: maybe(fc.constantFrom('north', 'south')),
        tags: maybe(fc.constantFrom(['vip'], ['vip', 'new'])),
        custom_fields: maybe(fc.constant({ gift: true })),
        create_time: maybe(fc.constantFrom('2026-01-25', '2026-03-01T23:59:59Z')),
        promo_codes: maybe(fc.subarray(['HELLO', 'BYE', 'NOBODYS'])),
        points_payment: maybe(
          fc.subarray(['stars', 'miles']).chain((eids) => fc.tuple(...eids.map((eid) => wish(eid)))),
        ),
      })
      .map((it): Json => ({ ...it, currency: money, status: 'new', scale }));
  });

const wish = (points_currency_eid: string) =>
  fc
    .oneof(
      { weight: 5, arbitrary: fc.constant('max') },
      { weight: 5, arbitrary: fc.constantFrom('0', '1', '7') },
      whole,
    )
    .map((amount) => ({ points_currency_eid, amount }));

export const shop: fc.Arbitrary<DrawnShop> = fc.constantFrom(1, 2, 3).chain((program) =>
  fc.record({
    program: fc.constant(program),
    arbitration: fc.record({
      discounts: fc.constantFrom(...modes),
      points: fc.constantFrom('best', 'priority_first', 'stack'),
      together: fc.boolean(),
    }),
    groups: fc.array(
      fc.record({ mode: fc.constantFrom(...modes), priority: fc.integer({ min: 0, max: 2 }) }),
      { minLength: 2, maxLength: 2 },
    ),
    promotions: fc.array(promotion, { maxLength: 9 }),
    customer: fc.record({
      city: fc.constantFrom('Rome', 'Oslo'),
      stars: whole,
      miles: whole,
      rank: fc.constantFrom('1', '19', '150'),
      isMember: fc.integer({ min: 0, max: 9 }).map((it) => it > 0),
    }),
    order: order(program),
    codes: fc.record({ own: fc.integer({ min: 0, max: 2 }), shared: fc.integer({ min: 0, max: 1 }) }),
    format: fc.constantFrom('json' as const, 'xml' as const),
  }),
);
