import type { Currency, Database, Field, Program } from '../../../src/domain/catalog';
import type { KnownGoods } from '../../../src/domain/goods-facts';
import type { Market, MarketEntity, MarketField } from '../../../src/domain/market';
import { lineFacts, orderFacts, shopperFacts } from '../../../src/domain/promotion/facts';
import { makePricing, type StoredPromotion, type Surroundings } from '../../../src/domain/promotion/pricing';
import { makeSegment } from '../../../src/domain/segment';

const program: Program = {
  ...{ id: 7, externalId: 'demo', name: 'Demo', databaseId: 1, isActive: true, timezone: 'Asia/Tokyo' },
  ...{ tempDefaultTimeoutSec: 60, tempMaxTimeoutSec: 60, ruleMode: 'strict' },
  arbitration: { discounts: 'best', points: 'stack', discountWithPoints: true },
  ...{ participation: 'manual', segmentId: null, orderPoints: null, updatedAt: '2025-01-01T00:00:00Z' },
};
const birthday: Field = {
  ...{ name: 'born', title: '', type: 'date', isRequired: false, isUnique: false, enumValues: null },
};
const database: Database = {
  ...{ id: 1, name: 'Customers', emailIsUnique: true, fields: new Map([['born', birthday]]) },
};

function field(entity_type: MarketEntity, external_id: string, value_type: MarketField['value_type']) {
  const rest = { name: external_id, required: false, default_value: null, enum_values: null };
  return [external_id, { entity_type, external_id, value_type, ...rest }] as const;
}

const market: Market = {
  ...{ channels: new Map(), touchpoints: new Map(), currencies: new Map(), regions: new Map() },
  ...{ orderStatuses: new Map(), lineStatuses: new Map(), segments: new Map() },
  customFields: {
    product: new Map([field('product', 'colour', 'unicode')]),
    sku: new Map([field('sku', 'size', 'enum')]),
    order: new Map([field('order', 'gift', 'bool')]),
    line_order: new Map([field('line_order', 'engraved', 'bool')]),
  },
};

function currency(iid: number, eid: string, differs: Partial<Currency> = {}): Currency {
  return {
    ...{ iid, eid, programId: 7, name: eid, type: 'standard', isActive: true, scale: 2 },
    ...{ rounding: 'down', ratio: null, ...differs },
  };
}

function segment(id: number, externalId: string, timezone: string) {
  const condition = { field: 'born.days', operator: 'eq', value: 0 } as const;
  return makeSegment({ id, externalId, databaseId: 1, timezone, condition, updatedAt: '' }, [birthday]);
}

const surroundings: Surroundings = {
  ...{ program, database, market, groups: [], goodsSegments: ['summer'] },
  currencies: [
    currency(1, 'stars', { ratio: { points: '2.5', money: '1', money_currency: 'RUB' } }),
    currency(2, 'old', { isActive: false }),
  ],
  segments: [segment(1, 'tokyo', 'Asia/Tokyo'), segment(2, 'utc', 'UTC')],
  tiers: ['gold'],
  pools: new Map([['spring', 4]]),
};

function stored(effects: unknown, differs: Partial<StoredPromotion> = {}): StoredPromotion {
  return {
    ...{
      id: 1,
      externalId: 'p',
      name: 'P',
      kind: 'discount',
      isActive: true,
      startDate: null,
      endDate: null,
    },
    ...{ priority: 0, isCombinable: true, groupId: null, limits: null, conditions: [], effects, ...differs },
  };
}

const off = [{ kind: 'percent_off', percent: 10 }];

const goods: KnownGoods = {
  ...{ id: 5, entity_type: 'sku', external_id: 'S1', product_external_id: 'P1', name: 'Cup' },
  ...{ price: '10', old_price: null, currency: 'RUB', tags: ['new'], manufacturer_name: 'Acme' },
  ...{ description: null, url: null, pictures: [], count: 3, expiration_time: null, is_available: true },
  ...{ delivery: true, barcode: [], manufacturer_warranty: null, custom_fields: { size: 'L' } },
  ...{ regional_data: {}, categories: ['cups'], category: ['cups', 'kitchen'], segment: ['summer'] },
  ...{ product: null, created_at: '2025-01-01T00:00:00Z', updated_at: '2025-01-01T00:00:00Z' },
};

test('points are worth what the ratio of their currency says', () => {
  const { pricing } = makePricing(surroundings, []);
  expect(pricing.policy.currencies).toEqual([
    expect.objectContaining({ eid: 'stars', points: 25_000n, money: 10_000n, moneyCurrency: 'RUB' }),
  ]);
  const even = makePricing({ ...surroundings, currencies: [currency(1, 'miles', { scale: 0 })] }, []);
  expect(even.pricing.policy.currencies).toEqual([
    expect.objectContaining({ points: 100n, money: 10_000n, moneyCurrency: null }),
  ]);
});

test.each<[string, StoredPromotion, string]>([
  ['an unknown kind', stored([{ kind: 'magic' }]), 'expected one of'],
  ['arguments that do not fit', stored([{ kind: 'percent_off', percent: 101 }]), 'up to 100'],
  [
    'a tier that is gone',
    stored(off, { conditions: [{ kind: 'audience', tiers: ['iron'] }] }),
    'conditions[0].tiers[0]: there is no tier "iron"',
  ],
  [
    'a currency that was switched off',
    stored([{ kind: 'percent_points', points_currency_eid: 'old', percent: 5 }], { kind: 'points' }),
    'effects[0].points_currency_eid: the program has no currency "old"',
  ],
])('a promotion with %s counts as switched off', (_, promotion, problem) => {
  const { pricing, misfits } = makePricing(surroundings, [
    promotion,
    stored(off, { id: 2, externalId: 'q' }),
  ]);
  expect(misfits).toEqual([{ programId: 7, promotion: 'p', problem: expect.stringContaining(problem) }]);
  expect(pricing.promotions.map(({ isActive }) => isActive)).toEqual([false, true]);
});

test('conditions may ask for segments, tiers, pools and fields', () => {
  const conditions = [
    { kind: 'audience', segments: ['tokyo'], tiers: ['gold'], where: comparison('born.years', 'gte', 18) },
    { kind: 'goods', segments: ['summer'] },
    { kind: 'goods', where: { all: [comparison('custom_fields.size', 'eq', 'L'), engraved] } },
    { kind: 'order', where: comparison('custom_fields.gift', 'eq', true) },
    { kind: 'promo_code', pool: 'spring' },
  ];
  const { pricing, misfits } = makePricing(surroundings, [stored(off, { conditions })]);
  expect(misfits).toEqual([]);
  const [, summer] = pricing.promotions[0]?.tests ?? [];
  const line = {
    ...{ externalId: '1', product: 'P1', sku: 'S1', count: 1 },
    basePrice: 1n,
    merchantPrice: 1n,
  };
  const isPicked = (facts: object) =>
    summer?.picks?.({ ...line, minPrice: 0n, facts: { ...facts } }, checkout);
  const checkout = {
    order: { scale: 2, lines: [], facts: {}, codes: [], payments: [] },
    shopper: { facts: {}, tiers: new Set<string>(), balances: new Map(), uses: new Map() },
    at: new Date(0),
  };
  expect(isPicked(lineFacts(goods, pricing.terms.goodsFacts, undefined, {}))).toBe(true);
  expect(isPicked({ segment: [] })).toBe(false);
});

const engraved = comparison('line.engraved', 'eq', true);

function comparison(name: string, operator: string, value: unknown) {
  return { field: name, operator, value };
}

test('a segment counts days in its own time zone, the facts of a member in that of the program', () => {
  const { pricing } = makePricing(surroundings, []);
  const profile = { profile_id: 'p1', email: null, phones: [], fields: { born: '2025-03-02T00:00:00.000Z' } };
  const facts = shopperFacts(profile, pricing, '2025-03-01T20:00:00Z');
  expect(facts).toMatchObject({ 'born.days': 0 });
  const { profileSegments } = pricing.terms;
  const held = [...profileSegments].filter(([, holds]) => holds(facts)).map(([eid]) => eid);
  expect(held).toEqual(['tokyo']);
});

test('orders and their lines have facts of the declared names', () => {
  const { terms } = makePricing(surroundings, []).pricing;
  const line = lineFacts(goods, terms.goodsFacts, undefined, { engraved: true });
  expect(line).toMatchObject({ product: 'P1', sku: 'S1', 'custom_fields.size': 'L', 'line.engraved': true });
  expect(Object.keys(line).filter((name) => !terms.goodsFacts.has(name))).toEqual([]);
  const order = orderFacts(
    {
      ...{ channel: { external_id: 'web', type: 'online' }, endpoint: 'website', region: null },
      ...{ currency: 'RUB', status: 'new', total_price: '30.00', delivery_cost: '5.00', tags: ['vip'] },
      custom_fields: { gift: true },
    },
    [
      { count: 2, facts: line },
      { count: 1, facts: { product: 'P2', category: ['kitchen'] } },
    ],
  );
  expect(order).toMatchObject({
    ...{ channel: 'web', channel_type: 'online', total: '30.00', line_count: 2, unit_count: 3 },
    ...{ product: ['P1', 'P2'], sku: ['S1'], category: ['cups', 'kitchen'], manufacturer_name: ['Acme'] },
    ...{ 'custom_fields.gift': true },
  });
  expect(new Set(Object.keys(order))).toEqual(new Set(terms.orderFacts.keys()));
});
