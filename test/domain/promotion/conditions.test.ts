import { conditionPart, discountPart, pointsPart } from '../../../src/domain/promotion/kinds';
import { checkOrderPromotion } from '../../../src/domain/promotion/promotion';
import { answerTo, type Pricing, promotionOf, terms } from '../../support/pricing';

const lines = [
  { price: '10.00', count: 3, category: ['book', 'media'] },
  { price: '70.00', sku: 'S2' },
];
const off = [{ kind: 'percent_off', percent: 10 }];

/** A condition, what differs from an order of 30.00 and 70.00, and the discount or the reason for none. */
const cases: [object, Partial<Pricing>, string][] = [
  [{ kind: 'audience', segments: ['locals'] }, {}, '10.00'],
  [{ kind: 'audience', tiers: ['silver'] }, {}, 'audience: not of tier silver'],
  [{ kind: 'audience', tiers: ['silver', 'bronze'] }, { tiers: ['bronze'] }, '10.00'],
  [
    { kind: 'audience', where: { field: 'city', operator: 'eq', value: 'Oslo' } },
    {},
    'audience: profile: city',
  ],
  [{ kind: 'order', where: { field: 'channel', operator: 'in', value: ['online'] } }, {}, '10.00'],
  [
    { kind: 'order', where: { field: 'channel', operator: 'eq', value: 'online' } },
    { facts: { channel: 'retail' } },
    'order_segment: channel (eq)',
  ],
  [{ kind: 'goods', products: ['P1'] }, {}, '3.00'],
  [{ kind: 'goods', skus: ['S2', 'S9'] }, {}, '7.00'],
  [{ kind: 'goods', categories: ['media'] }, {}, '3.00'],
  [{ kind: 'goods', segments: ['books'] }, {}, '3.00'],
  [{ kind: 'goods', segments: ['books'], except: true }, {}, '7.00'],
  [{ kind: 'goods', where: { field: 'price', operator: 'gt', value: 10 } }, {}, '7.00'],
  [{ kind: 'goods', products: ['P7'] }, {}, 'no_matching_lines: no line with such goods'],
  [{ kind: 'minimum_sum', amount: '100' }, {}, '10.00'],
  [{ kind: 'minimum_sum', amount: '100.01' }, {}, 'order_segment: sum 100.00 is below 100.01'],
  [{ kind: 'minimum_count', count: 4 }, {}, '10.00'],
  [{ kind: 'minimum_count', count: 5 }, {}, 'order_segment: 4 units are fewer than 5'],
  [{ kind: 'promo_code', pool: 'spring' }, { promo_codes: ['SPRING1'] }, '10.00'],
  [{ kind: 'promo_code', code: 'HELLO' }, { promo_codes: ['HELLO'] }, '10.00'],
  [
    { kind: 'promo_code', code: 'HELLO' },
    { promo_codes: ['SPRING1'] },
    'promo_code: no promo code for it came with the order',
  ],
  [{ kind: 'hours', days: ['mon'] }, {}, '10.00'],
  [{ kind: 'hours', to: '00:00' }, {}, '10.00'],
  [{ kind: 'hours', from: '12:00', to: '00:00' }, { at: '2025-06-02T21:59:59Z' }, '10.00'],
  [
    { kind: 'hours', from: '12:00', to: '00:00' },
    { at: '2025-06-02T22:00:00Z' },
    'out_of_dates: it is tue 00:00 in Europe/Berlin',
  ],
  [{ kind: 'hours', from: '12:00', to: '12:01' }, {}, '10.00'],
  [{ kind: 'hours', to: '12:00' }, {}, 'out_of_dates: it is mon 12:00 in Europe/Berlin'],
  [{ kind: 'hours', from: '22:00', to: '06:00' }, { at: '2025-06-02T23:30:00Z' }, '10.00'],
  [
    { kind: 'hours', days: ['mon'], from: '22:00' },
    { at: '2025-06-02T22:30:00Z' },
    'out_of_dates: it is tue 00:30 in Europe/Berlin',
  ],
];

test.each(cases)('%j %j: %s', (condition, pricing, expected) => {
  const answer = answerTo({ lines, promotions: [{ conditions: [condition], effects: off }], ...pricing });
  const [rejected] = answer.rejected_promotions;
  expect(rejected ? `${rejected.reason}: ${rejected.detail}` : answer.discount_amount).toBe(expected);
});

test('minimums count the lines that other conditions pick, unless they are of the order', () => {
  const books = { kind: 'goods', segments: ['books'] };
  const discount = (condition: object) =>
    answerTo({ lines, promotions: [{ conditions: [condition, books], effects: off }] }).discount_amount;
  expect(discount({ kind: 'minimum_sum', amount: '31' })).toBe('0.00');
  expect(discount({ kind: 'minimum_sum', amount: '31', of: 'order' })).toBe('3.00');
  expect(discount({ kind: 'minimum_count', count: 4 })).toBe('0.00');
  expect(discount({ kind: 'minimum_count', count: 4, of: 'order' })).toBe('3.00');
});

test('an effect for the order is for all lines, if the picked ones are there', () => {
  const conditions = [{ kind: 'goods', segments: ['books'] }];
  const effects = [{ kind: 'percent_off', percent: 10, scope: 'order' }];
  expect(answerTo({ lines, promotions: [{ conditions, effects }] }).discount_amount).toBe('10.00');
});

describe('a promotion applies', () => {
  const limited: [string, Partial<Pricing['promotions'][number]>, string][] = [
    ['when it is on', {}, '10.00'],
    ['not when it is off', { is_active: false }, 'inactive: switched off'],
    ['from its first second', { start_date: '2025-06-02T10:00:00Z' }, '10.00'],
    ['not before', { start_date: '2025-06-02T10:00:01Z' }, 'out_of_dates: begins at 2025-06-02T10:00:01Z'],
    ['to its last second', { end_date: '2025-06-02T10:00:00Z' }, '10.00'],
    ['not after', { end_date: '2025-06-02T09:59:59Z' }, 'out_of_dates: ended at 2025-06-02T09:59:59Z'],
    ['often enough', { limits: { total_uses: 3 }, use: { total: 2 } }, '10.00'],
    ['not too often', { limits: { total_uses: 3 }, use: { total: 3 } }, 'limit: used 3 of 3 times'],
    [
      'not too often for a member',
      { limits: { uses_per_member: 1 }, use: { byMember: 1 } },
      'limit: used 1 of 1 times by this member',
    ],
    [
      'not too often in a month',
      { limits: { uses_per_period: { uses: 2, period: 'month' } }, use: { byMemberInPeriod: 2 } },
      'limit: used 2 of 2 times by this member this month',
    ],
    ['within its budget', { limits: { budget: { money: '50' } }, use: { granted: 470_000n } }, '3.00'],
    [
      'not without budget',
      { limits: { budget: { money: '50' } }, use: { granted: 500_000n } },
      'limit: its budget is used up',
    ],
  ];
  test.each(limited)('%s', (_, promotion, expected) => {
    const answer = answerTo({ lines, promotions: [{ effects: off, ...promotion }] });
    const [rejected] = answer.rejected_promotions;
    expect(rejected ? `${rejected.reason}: ${rejected.detail}` : answer.discount_amount).toBe(expected);
  });

  test('within its budget of points', () => {
    const effects = [{ kind: 'percent_points', points_currency_eid: 'stars', percent: 50 }];
    const limits = { budget: { points: '20', points_currency_eid: 'stars' } };
    const answer = answerTo({ lines, promotions: [{ effects, limits, use: { granted: 1_000n } }] });
    expect(answer.points_accrued).toMatchObject([{ amount: '10.00' }]);
  });
});

describe('is refused, with the path of what is wrong:', () => {
  const points = { kind: 'fixed_points', points_currency_eid: 'stars', amount: 1 };
  const unfit: [string, 'discount' | 'points', object, string][] = [
    [
      'segment',
      'discount',
      { conditions: [{ kind: 'audience', segments: ['x'] }] },
      'conditions.0.segments.0',
    ],
    ['tier', 'discount', { conditions: [{ kind: 'audience', tiers: ['x'] }] }, 'conditions.0.tiers.0'],
    [
      'fact',
      'discount',
      { conditions: [{ kind: 'order', where: { any: [{ field: 'x', operator: 'exists' }] } }] },
      'conditions.0.where.any.0.field',
    ],
    ['no goods', 'discount', { conditions: [{ kind: 'goods' }] }, 'conditions.0'],
    ['pool', 'discount', { conditions: [{ kind: 'promo_code', pool: 'x' }] }, 'conditions.0.pool'],
    ['pool and code', 'discount', { conditions: [{ kind: 'promo_code' }] }, 'conditions.0'],
    ['no hours', 'discount', { conditions: [{ kind: 'hours' }] }, 'conditions.0'],
    [
      'currency',
      'points',
      { effects: [{ ...points, points_currency_eid: 'x' }] },
      'effects.0.points_currency_eid',
    ],
    ['decimals', 'points', { effects: [{ ...points, amount: '1.001' }] }, 'effects.0.amount'],
    [
      'paying with rank',
      'points',
      { effects: [{ kind: 'points_payment', points_currency_eid: 'rank' }] },
      'effects.0.points_currency_eid',
    ],
    [
      'lapse of rank',
      'points',
      { effects: [{ ...points, points_currency_eid: 'rank', expiration: { n: 1, unit: 'day' } }] },
      'effects.0.expiration',
    ],
    ['a second earning', 'points', { effects: [points, { ...points }] }, 'effects.1'],
    [
      'budget of a discount',
      'discount',
      { limits: { budget: { points: 1, points_currency_eid: 'stars' } } },
      'limits.budget.points',
    ],
    [
      'budget of points',
      'points',
      { effects: [points], limits: { budget: { money: 1 } } },
      'limits.budget.money',
    ],
  ];
  test.each(unfit)('%s', (_, kind, promotion, path) => {
    expect(() => promotionOf({ kind, effects: kind === 'points' ? [points] : off, ...promotion }, 0)).toThrow(
      new RegExp(`^${path.replaceAll('.', '\\.')}: `),
    );
  });

  const malformed: [typeof conditionPart, unknown, string, RegExp][] = [
    [conditionPart, 'audience', 'kind', /expected one of "audience", "order"/],
    [discountPart, { kind: 'percent_points' }, 'kind', /expected one of "percent_off"/],
    [discountPart, { kind: 'percent_off' }, 'percent', /is required/],
    [discountPart, { kind: 'percent_off', percent: 101 }, 'percent', /up to 100.*got 101/],
    [discountPart, { kind: 'percent_off', percent: '0' }, 'percent', /above 0/],
    [discountPart, { kind: 'percent_off', percent: '1.005' }, 'percent', /percentage/],
    [discountPart, { kind: 'percent_off', percent: 1, of: 2 }, '', /has no "of"/],
    [discountPart, { kind: 'amount_off_unit', amount: '-1' }, 'amount', /positive amount/],
    [discountPart, { kind: 'every_nth_unit', n: 1.5 }, 'n', /whole number/],
    [discountPart, { kind: 'units_off', which: 'best' }, 'which', /"cheapest", "most_expensive"/],
    [pointsPart, { kind: 'fixed_points', amount: 1 }, 'points_currency_eid', /is required/],
    [conditionPart, { kind: 'hours', from: '24:00' }, 'from', /time of day/],
    [conditionPart, { kind: 'goods', products: [] }, 'products', /at least one/],
    [conditionPart, { kind: 'order', where: { all: [] } }, 'where.all', /at least one/],
  ];
  test.each(malformed)('%#', (part, value, path, problem) => {
    const [issue] = part.safeParse(value).error?.issues ?? [];
    expect(issue?.path.join('.')).toBe(path);
    expect(issue?.message).toMatch(problem);
  });
});

test('what is checked fits the terms', () => {
  const promotion = promotionOf({ effects: off, conditions: cases.slice(0, 3).map(([it]) => it) }, 0);
  expect(checkOrderPromotion(promotion, terms)).toBeNull();
});
