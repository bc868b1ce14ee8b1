import { answerTo, type Pricing, short } from '../../support/pricing';

/** Decimals of the order's money, an effect, prices, and what is to pay and earned for each line. */
const cases: [number, string, object, string[], string[]][] = [
  [
    0,
    'a percentage is rounded to whole yen',
    { kind: 'percent_off', percent: 10 },
    ['105', '104'],
    ['94.00', '94.00'],
  ],
  [
    3,
    'and to thousandths of a dinar',
    { kind: 'percent_off', percent: 10 },
    ['1.005', '1.004'],
    ['0.904', '0.904'],
  ],
  [0, 'half a yen off is nothing', { kind: 'amount_off_unit', amount: '1.50' }, ['100'], ['99.00']],
  [
    0,
    'nor is half a yen off an order',
    { kind: 'amount_off_order', amount: '3.50' },
    ['100', '100'],
    ['98.00', '99.00'],
  ],
  [
    3,
    'an amount is the same amount',
    { kind: 'amount_off_order', amount: '0.01' },
    ['1.000', '1.000'],
    ['0.995', '0.995'],
  ],
  [0, 'a price that yen have not is rounded up', { kind: 'special_price', price: '9.50' }, ['20'], ['10.00']],
  [0, 'a cap, down', { kind: 'percent_off', percent: 50, max_discount: '7.99' }, ['100'], ['93.00']],
  [0, 'half of one unit of two', { kind: 'units_off', which: 'cheapest', percent: 50 }, ['33'], ['16.00']],
  [
    0,
    'points of a percentage',
    { kind: 'percent_points', points_currency_eid: 'stars', percent: 5 },
    ['105'],
    ['105.00 +5.25 stars'],
  ],
  [
    3,
    'also of thousandths',
    { kind: 'percent_points', points_currency_eid: 'stars', percent: 50 },
    ['1.019'],
    ['1.019 +0.50 stars'],
  ],
  [
    0,
    'points for money',
    { kind: 'points_per_money', points_currency_eid: 'miles', amount: 2, money: '2.50' },
    ['9'],
    ['9.00 +6 miles'],
  ],
  [
    3,
    'points for money, step by step',
    { kind: 'points_per_money', points_currency_eid: 'miles', amount: 1, money: '0.50' },
    ['1.499'],
    ['1.499 +2 miles'],
  ],
];

test.each(cases)('money of %i decimals: %s', (scale, _, effect, prices, expected) => {
  const lines = prices.map((price) => ({ price }));
  expect(short(answerTo({ scale, lines, promotions: [{ effects: [effect] }] }))).toEqual(expected);
});

test.each<[number, string, string, string]>([
  [0, '10.57', '90.00', '10.00'],
  [3, '10.57', '89.430', '10.57'],
])('points pay for money of %i decimals', (scale, stars, final, redeemed) => {
  const answer = answerTo({
    ...{ scale, lines: [{ price: '100' }], balances: { stars }, points_payment: { stars: 'max' } },
    promotions: [{ effects: [{ kind: 'points_payment', points_currency_eid: 'stars' }] }],
  });
  expect(answer).toMatchObject({ final_total_price: final, points_redeemed: [{ amount: redeemed }] });
});

test('a budget counts money of every kind to its last decimal', () => {
  const promotion = (granted: bigint) => ({
    ...{ effects: [{ kind: 'percent_off', percent: 50 }], limits: { budget: { money: '10' } } },
    use: { granted },
  });
  const off = (scale: number, granted: bigint) =>
    answerTo({ scale, lines: [{ price: '100' }], promotions: [promotion(granted)] });
  expect(off(0, 95_000n)).toMatchObject({
    discount_amount: '0.00',
    rejected_promotions: [{ reason: 'limit' }],
  });
  expect(off(0, 85_001n)).toMatchObject({ discount_amount: '1.00' });
  expect(off(2, 95_001n)).toMatchObject({ discount_amount: '0.49' });
  expect(off(3, 95_001n)).toMatchObject({ discount_amount: '0.499' });
  expect(off(3, 100_001n)).toMatchObject({ rejected_promotions: [{ detail: 'its budget is used up' }] });
});

test('points too coarse to be split pay for every line all the same', () => {
  const pricing: Pricing = {
    ...{ lines: [{ price: '0.50' }, { price: '0.50' }], balances: { miles: '1' } },
    points_payment: { miles: 'max' },
    promotions: [{ effects: [{ kind: 'points_payment', points_currency_eid: 'miles' }] }],
  };
  const answer = answerTo(pricing);
  expect(answer).toMatchObject({ points_payment_amount: '0.33', final_total_price: '0.67' });
  expect(answer.points_redeemed).toMatchObject([{ amount: '1' }]);
  expect(answer.lines.map((line) => line.points_payment_amount)).toEqual(['0.17', '0.16']);
});

test('a debt is nothing to pay with, and no reason to refuse who wishes to pay with nothing', () => {
  const pay = (points: string) =>
    answerTo({
      ...{ lines: [{ price: '10' }], balances: { stars: '-5' }, points_payment: { stars: points } },
      promotions: [{ effects: [{ kind: 'points_payment', points_currency_eid: 'stars' }] }],
    });
  for (const points of ['max', '0']) expect(pay(points)).toMatchObject({ final_total_price: '10.00' });
  expect(() => pay('0.01')).toThrow('Too few stars');
});

test('what was taken before is not among the cheapest units', () => {
  const answer = answerTo({
    arbitration: { discounts: 'priority_first' },
    lines: [{ price: '10' }, { price: '20' }],
    promotions: [
      {
        ...{ priority: 1, conditions: [{ kind: 'goods', products: ['P1'] }] },
        effects: [{ kind: 'percent_off', percent: 10 }],
      },
      { priority: 2, effects: [{ kind: 'units_off', which: 'cheapest' }] },
    ],
  });
  expect(short(answer)).toEqual(['9.00', '0.00']);
});

test('a large order: a million units, two hundred lines', () => {
  const lines = Array.from({ length: 200 }, () => ({ price: '9999999.99', count: 1_000_000 }));
  const answer = answerTo({
    lines,
    promotions: [
      { effects: [{ kind: 'every_nth_unit', n: 3 }] },
      { effects: [{ kind: 'percent_points', points_currency_eid: 'stars', percent: 5 }] },
    ],
  });
  expect(answer.total_price).toBe('1999999998000000.00');
  expect(answer.final_total_price).toBe('1333333338666666.66');
});
