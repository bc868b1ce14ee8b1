import { openCatalog } from '../../src/catalog';
import { adminPartnerProducts } from '../../src/contract/admin/partner-products';
import { adminPartners } from '../../src/contract/admin/partners';
import { adminPromotionGroups } from '../../src/contract/admin/promotion-groups';
import { adminPromotions } from '../../src/contract/admin/promotions';
import { type AdminBench, openAdmin, type Step, time } from '../support/admin';
import { answerChecker } from '../support/openapi';
import { silent } from '../support/service';
import type { Json } from '../support/wire';

let bench: AdminBench;

beforeAll(async () => {
  bench = await openAdmin();
  await bench.ask('POST', '/databases', { name: 'Shop' });
  await bench.ask('POST', '/programs', { external_id: 'main', name: 'Main', database_id: 1 });
  await bench.ask('POST', '/programs/1/currencies', { eid: 'stars', name: 'Stars' });
  await bench.ask('POST', '/market/currencies', { code: 'RUB', name: 'Rouble' });
});
afterAll(() => bench.close());

/** Each story builds on those before it. */
const play = (name: string, steps: readonly Step[]) => test(name, () => bench.play(steps));

const times = { created_at: time, updated_at: time };
const arbitration = { discounts: 'best', points: 'stack', discount_with_points: true };
const main = {
  ...{ id: 1, external_id: 'main', name: 'Main', description: '', database_id: 1, is_active: true },
  ...{ timezone: 'UTC', temp_default_timeout_sec: 86_400, temp_max_timeout_sec: 2_592_000 },
  ...{
    allow_negative_balance: false,
    regrant_initial_balance: false,
    rule_mode: 'strict',
    participation: 'manual',
    segment_id: null,
    order_points: null,
    arbitration,
  },
  ...times,
};

play('how a program decides', [
  [
    'PATCH /programs/1',
    { arbitration: { discounts: 'stack_additive', discount_with_points: false } },
    200,
    { ...main, arbitration: { discounts: 'stack_additive', points: 'stack', discount_with_points: false } },
  ],
  [
    'PATCH /programs/1',
    { arbitration: { points: 'stack_additive' } },
    400,
    'arbitration.points: expected one of "best", "priority_first", "stack", got "stack_additive"',
  ],
  [
    'PATCH /programs/1',
    { arbitration: { discount: 'best' } },
    400,
    'arbitration: has no "discount": expected discounts, points, discount_with_points',
  ],
  ['PATCH /programs/1', { arbitration: {} }, 200, main],
]);

const stars = {
  ...{ iid: 1, program_id: 1, eid: 'stars', name: 'Stars', type: 'standard', is_active: true, scale: 2 },
  ...{ initial_balance: '0', expiration: null, expires_on: null, activation: null, expiring_soon_days: null },
  ...{ rounding: 'down', ratio: null, ...times },
};
const ratio = { points: '10', money: '1', money_currency: 'RUB' };
const ratioRefused = (differs: object, text: string): Step => [
  'PATCH /currencies/1',
  { ratio: { ...ratio, ...differs } },
  400,
  text,
];

play('what points are worth', [
  [
    'PATCH /currencies/1',
    { rounding: 'half_up', ratio: { ...ratio, money: '1.00' } },
    200,
    { ...stars, rounding: 'half_up', ratio },
  ],
  [
    'PATCH /currencies/1',
    { ratio: { points: '1', money: '0.5' } },
    200,
    { ...stars, rounding: 'half_up', ratio: { points: '1', money: '0.5', money_currency: null } },
  ],
  ratioRefused({ points: '0' }, 'ratio.points: expected a positive decimal string such as "100.50", got "0"'),
  ratioRefused({ points: '0.001' }, 'ratio.points: "0.001" has more decimals than "stars" allows (2)'),
  ratioRefused({ money: '0.001' }, 'ratio.money: "0.001" has more than 2 decimals'),
  ratioRefused({ money_currency: 'EUR' }, 'ratio.money_currency: the market has no currency "EUR"'),
  ['PATCH /currencies/1', { rounding: 'down', ratio: null }, 200, stars],
]);

const shop = {
  ...{ id: 1, program_id: 1, external_id: 'shop', name: 'Shop', parent: null },
  ...{ mode: 'best', priority: 0, ...times },
};
const brand = { ...shop, id: 2, external_id: 'brand', parent: 'shop', mode: 'stack_sequential', priority: 5 };

play('promotion groups', [
  ['POST /programs/1/promotion_groups', { external_id: 'shop', name: 'Shop' }, 201, shop],
  [
    'POST /programs/1/promotion_groups',
    { external_id: 'brand', name: 'Shop', parent: 'shop', mode: 'stack_sequential', priority: 5 },
    201,
    brand,
  ],
  [
    'POST /programs/1/promotion_groups',
    { external_id: 'shop', name: 'X' },
    409,
    'external_id: promotion group 1 of this program has it already',
  ],
  [
    'POST /programs/1/promotion_groups',
    { external_id: 'x', name: 'X', parent: 'y' },
    400,
    'parent: the program has no promotion group "y"',
  ],
  [
    'POST /programs/1/promotion_groups',
    { external_id: 'x', name: 'X', parent: 'x' },
    400,
    'parent: "x" is in this group itself',
  ],
  [
    'POST /programs/1/promotion_groups',
    { external_id: 'x', name: 'X', mode: 'stack' },
    400,
    'mode: expected one of "best", "priority_first", "stack_sequential", "stack_additive", got "stack"',
  ],
  ['POST /programs/9/promotion_groups', { external_id: 'x', name: 'X' }, 404, 'Loyalty program 9 not found'],
  ['PATCH /promotion_groups/1', { parent: 'brand' }, 400, 'parent: "brand" is in this group itself'],
  ['PATCH /promotion_groups/1', { external_id: 'own' }, 200, { ...shop, external_id: 'own' }],
  ['GET /promotion_groups/2', undefined, 200, { ...brand, parent: 'own' }],
  ['PATCH /promotion_groups/1', { external_id: 'shop' }, 200, shop],
  ['PATCH /promotion_groups/9', { name: 'X' }, 404, 'Promotion group 9 not found'],
  ['GET /programs/1/promotion_groups', undefined, 200, { items: [shop, brand], next_after: null }],
  ['GET /programs/9/promotion_groups', undefined, 404, 'Loyalty program 9 not found'],
  ['GET /promotion_groups/9', undefined, 404, 'Promotion group 9 not found'],
  ['DELETE /promotion_groups/1', undefined, 409, 'promotions or groups are in promotion group 1'],
  ['DELETE /promotion_groups/9', undefined, 404, 'Promotion group 9 not found'],
]);

const tenOff = { kind: 'percent_off', percent: '10', scope: 'matching' };
const online = { kind: 'order', where: { field: 'channel_type', operator: 'eq', value: 'online' } };
const ten = {
  ...{ id: 1, program_id: 1, external_id: 'ten', name: 'Ten', description: '', is_active: true },
  ...{ start_date: null, end_date: null, kind: 'discount', priority: 3, combinable: false, group: 'shop' },
  ...{ limits: { total_uses: 100, budget: { money: '5000' } }, conditions: [online], effects: [tenOff] },
  ...{ accrual_rules: [], redeem_rules: [], problem: null, ...times },
};
const back = {
  ...{ kind: 'percent_points', points_currency_eid: 'stars', percent: '5', scope: 'matching' },
};

const discount = {
  external_id: 'x',
  name: 'X',
  kind: 'discount',
  effects: [{ kind: 'percent_off', percent: 1 }],
};
const points = { ...discount, kind: 'points', effects: [back] };
const trigger = { external_id: 'x', name: 'X' };
const refused = (body: Json, text: string): Step => ['POST /programs/1/promotions', body, 400, text];
const condition = (it: object, text: string) =>
  refused({ ...discount, conditions: [it] }, `conditions[0].${text}`);
const effect = (it: object, text: string) => refused({ ...discount, effects: [it] }, `effects[0].${text}`);

play('promotions at checkout', [
  [
    'POST /programs/1/promotions',
    {
      ...{ external_id: 'ten', name: 'Ten', kind: 'discount', priority: 3, combinable: false, group: 'shop' },
      limits: { total_uses: 100, budget: { money: '5000.00' } },
      conditions: [online],
      effects: [{ kind: 'percent_off', percent: 10.0 }],
    },
    201,
    ten,
  ],
  [
    'PATCH /promotions/1',
    { limits: null, conditions: [], group: null, effects: [{ kind: 'percent_off', percent: '12.5' }] },
    200,
    {
      ...{ ...ten, limits: null, conditions: [], group: null },
      effects: [{ ...tenOff, percent: '12.5' }],
    },
  ],
  [
    'PATCH /promotions/1',
    { limits: ten.limits, conditions: [online], group: 'shop', effects: [tenOff] },
    200,
    ten,
  ],
  ['PATCH /promotions/1', { kind: 'points' }, 409, 'kind: cannot change: it is "discount" for good'],
  ['PATCH /promotions/1', { effects: [] }, 400, 'effects: expected at least one'],
  ['DELETE /promotion_groups/1', undefined, 409, 'promotions or groups are in promotion group 1'],
  refused({ ...discount, effects: undefined }, 'effects: expected at least one'),
  refused({ ...discount, kind: 'gift' }, 'kind: expected one of "trigger", "discount", "points", got "gift"'),
  refused({ ...discount, group: 'none' }, 'group: the program has no promotion group "none"'),
  refused(
    { ...discount, accrual_rules: [{ points_currency_eid: 'stars' }] },
    'accrual_rules: only promotions of kind "trigger" have them: expected []',
  ),
  refused(
    { ...points, redeem_rules: [{ points_currency_eid: 'stars' }] },
    'redeem_rules: only promotions of kind "trigger" have them: expected []',
  ),
  refused(
    { ...trigger, effects: [tenOff] },
    'effects: only promotions of kind "discount" or "points" have it: expected []',
  ),
  refused(
    { ...trigger, conditions: [online] },
    'conditions: only promotions of kind "discount" or "points" have it: expected []',
  ),
  refused(
    { ...trigger, limits: { total_uses: 1 } },
    'limits: only promotions of kind "discount" or "points" have it: expected null',
  ),
  refused(
    { ...trigger, group: 'shop' },
    'group: only promotions of kind "discount" or "points" have it: expected null',
  ),
]);

play('refuse parts by their path', [
  effect(
    { kind: 'percent_off', percent: 101 },
    'percent: expected a percentage above 0 and up to 100, such as "12.5", got 101',
  ),
  effect(
    { kind: 'percent_off', percent: 1.005 },
    'percent: expected a percentage above 0 and up to 100, such as "12.5", got 1.005',
  ),
  effect({ kind: 'percent_off' }, 'percent: is required'),
  refused(
    { ...discount, effects: [{ kind: 'percent_off', percent: 5, percents: 6 }] },
    'effects[0]: has no "percents"',
  ),
  refused({ ...discount, effects: ['ten'] }, 'effects[0]: expected an object, got "ten"'),
  effect(
    { percent: 5 },
    'kind: expected one of "percent_off", "amount_off_unit", "amount_off_order", "special_price", ' +
      '"units_off", "every_nth_unit", "percent_points", "fixed_points", "points_per_money", "points_payment"',
  ),
  effect(
    back,
    'kind: expected one of "percent_off", "amount_off_unit", "amount_off_order", "special_price", ' +
      '"units_off", "every_nth_unit"',
  ),
  refused(
    { ...points, effects: [{ ...back, points_currency_eid: 'gems' }] },
    'effects[0].points_currency_eid: the program has no currency "gems"',
  ),
  refused(
    { ...points, effects: [back, back] },
    'effects[1]: a second effect of the promotion that earns stars',
  ),
  condition(
    { kind: 'order', where: { field: 'weather', operator: 'eq', value: 'rain' } },
    'where.field: "weather" is unknown: expected one of channel, channel_type, endpoint, region, currency, ' +
      'status, total, line_count, unit_count, delivery_cost, tags, product, sku, category, manufacturer_name',
  ),
  condition({ kind: 'audience', tiers: ['gold'] }, 'tiers[0]: there is no tier "gold"'),
  condition({ kind: 'audience', segments: ['vip'] }, 'segments[0]: there is no profile segment "vip"'),
  condition({ kind: 'goods', segments: ['vip'] }, 'segments[0]: there is no segment of goods "vip"'),
  condition({ kind: 'promo_code', pool: 'spring' }, 'pool: there is no pool of promo codes "spring"'),
  refused(
    { ...discount, limits: { budget: { points: '5', points_currency_eid: 'stars' } } },
    'limits.budget.points: a discount promotion has a budget in money',
  ),
  refused(
    { ...discount, limits: { total_uses: 0 } },
    'limits.total_uses: expected a whole number from 1 to 1000000, got 0',
  ),
]);

const acme = { id: 1, program_id: 1, eid: 'acme', name: 'Acme', ...times };
const cups = {
  ...{ id: 2, program_id: 1, external_id: 'cups', name: 'Cups', description: '', is_active: true },
  ...{ start_date: null, end_date: null, priority: 0, combinable: true, partner_eid: 'acme' },
  ...{ product: 'P1', sku: null, effect: back, type: 'points', ...times },
};
const cup = { external_id: 'x', name: 'X', partner_eid: 'acme', product: 'P1', effect: back };
const product = (it: object, text: string): Step => [
  'POST /programs/1/partner_products',
  { ...cup, ...it },
  400,
  text,
];

play('partners and their products', [
  ['POST /programs/1/partners', { eid: 'acme', name: 'Acme' }, 201, acme],
  [
    'POST /programs/1/partners',
    { eid: 'acme', name: 'X' },
    409,
    'eid: partner 1 of this program has it already',
  ],
  ['POST /programs/9/partners', { eid: 'x', name: 'X' }, 404, 'Loyalty program 9 not found'],
  ['GET /programs/1/partners', undefined, 200, { items: [acme], next_after: null }],
  ['GET /programs/9/partners', undefined, 404, 'Loyalty program 9 not found'],
  ['GET /partners/1', undefined, 200, acme],
  ['GET /partners/9', undefined, 404, 'Partner 9 not found'],
  ['PATCH /partners/1', { name: 'Acme Ltd.' }, 200, { ...acme, name: 'Acme Ltd.' }],
  ['PATCH /partners/9', { name: 'X' }, 404, 'Partner 9 not found'],
  ['DELETE /partners/9', undefined, 404, 'Partner 9 not found'],

  ['POST /programs/1/partner_products', { ...cup, external_id: 'cups', name: 'Cups' }, 201, cups],
  ['POST /programs/9/partner_products', cup, 404, 'Loyalty program 9 not found'],
  product({ partner_eid: 'emca' }, 'partner_eid: the program has no partner "emca"'),
  product({ sku: 'S1' }, 'product: expected either product or sku'),
  product({ product: null }, 'product: expected either product or sku'),
  product({ effect: undefined }, 'effect: is required'),
  product(
    { effect: { ...back, percent: 0 } },
    'effect.percent: expected a percentage above 0 and up to 1000, got 0',
  ),
  product(
    { effect: { ...back, scope: 'order' } },
    'effect.scope: expected "matching": it is for these goods',
  ),
  product(
    { effect: { ...back, points_currency_eid: 'gems' } },
    'effect.points_currency_eid: the program has no currency "gems"',
  ),
  [
    'POST /programs/1/partner_products',
    { ...cup, external_id: 'ten' },
    409,
    'external_id: promotion 1 of this program has it already',
  ],
  [
    'PATCH /partner_products/2',
    { product: null, sku: 'S1', priority: -1, effect: { ...back, percent: 7 } },
    200,
    { ...cups, product: null, sku: 'S1', priority: -1, effect: { ...back, percent: '7' } },
  ],
  [
    'PATCH /partner_products/2',
    { effect: tenOff },
    409,
    'effect.kind: cannot change: it is "points" for good',
  ],
  ['PATCH /partner_products/1', { name: 'X' }, 404, 'Partner product 1 not found'],
  ['GET /partner_products/1', undefined, 404, 'Partner product 1 not found'],
  ['DELETE /partner_products/1', undefined, 404, 'Partner product 1 not found'],
  ['GET /programs/9/partner_products', undefined, 404, 'Loyalty program 9 not found'],
  ['PATCH /promotions/2', { name: 'X' }, 404, 'Promotion 2 not found'],
  ['GET /promotions/2', undefined, 404, 'Promotion 2 not found'],
  ['DELETE /promotions/2', undefined, 404, 'Promotion 2 not found'],
  ['GET /programs/1/promotions', undefined, 200, { items: [ten], next_after: null }],
  ['DELETE /partners/1', undefined, 409, 'partner 1 has products'],
]);

test('whoever prices orders has them as soon as they are set up', async () => {
  const catalog = await openCatalog(bench.pool, silent);
  const { promotions } = catalog.pricing(1) ?? {};
  expect(promotions).toMatchObject([
    { externalId: 'ten', kind: 'discount', priority: 3, isCombinable: false, groupId: 1 },
    { externalId: 'cups', kind: 'points', priority: -1, conditions: [{ kind: 'goods', skus: ['S1'] }] },
  ]);
  expect(catalog.promotions(1)).toEqual([]);
  await bench.ask('PATCH', '/promotions/1', { is_active: false });
  while (catalog.pricing(1)?.promotions[0]?.isActive) await new Promise(setImmediate);
  await catalog.close();
});

test('answers are what the OpenAPI document says', async () => {
  const lists = {
    '/programs/1/promotions': adminPromotions.list,
    '/programs/1/promotion_groups': adminPromotionGroups.list,
    '/programs/1/partners': adminPartners.list,
    '/programs/1/partner_products': adminPartnerProducts.list,
  };
  for (const [path, endpoint] of Object.entries(lists)) {
    const { status: _, ...answer } = await bench.ask('GET', path);
    expect([path, answerChecker(endpoint)(answer)]).toEqual([path, []]);
  }
});

play('deleting', [
  [
    'DELETE /partner_products/2',
    undefined,
    200,
    { ...cups, product: null, sku: 'S1', priority: -1, effect: { ...back, percent: '7' } },
  ],
  ['DELETE /partners/1', undefined, 200, { ...acme, name: 'Acme Ltd.' }],
  ['DELETE /promotions/1', undefined, 200, { ...ten, is_active: false }],
  ['DELETE /promotion_groups/2', undefined, 200, brand],
  ['DELETE /promotion_groups/1', undefined, 200, shop],
]);

test('a promotion that names what is gone says so', async () => {
  await bench.ask('POST', '/programs/1/currencies', { eid: 'gems', name: 'Gems' });
  const gems = { ...back, points_currency_eid: 'gems' };
  const { id, problem } = await bench.ask('POST', '/programs/1/promotions', { ...points, effects: [gems] });
  expect(problem).toBeNull();
  const { items } = await bench.ask('GET', '/programs/1/currencies');
  const { iid } = (items as { eid: string; iid: number }[]).find(({ eid }) => eid === 'gems') ?? {};
  await bench.ask('PATCH', `/currencies/${iid}`, { is_active: false });
  expect(await bench.ask('GET', `/promotions/${id}`)).toMatchObject({
    is_active: true,
    problem: 'effects[0].points_currency_eid: the program has no currency "gems"',
  });
});
