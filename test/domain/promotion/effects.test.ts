import { answerTo, type Pricing, short } from '../../support/pricing';

/** One promotion with this effect on these lines: what is to pay for each, and what it earns. */
const cases: [string, object, Pricing['lines'], string[]][] = [
  [
    'a percentage, rounded half up on each line',
    { kind: 'percent_off', percent: '12.5' },
    [{ price: '0.60' }, { price: '0.20' }, { price: '10.00', count: 3 }],
    ['0.52', '0.17', '26.25'],
  ],
  [
    'a percentage above the floor only',
    { kind: 'percent_off', percent: 50 },
    [{ price: '10.00', min: '8.00', count: 2 }],
    ['16.00'],
  ],
  [
    'a percentage with a maximum, which the lines share',
    { kind: 'percent_off', percent: 50, max_discount: '10' },
    [{ price: '40.00' }, { price: '20.00' }],
    ['33.33', '16.67'],
  ],
  [
    'money off each unit, never below nothing',
    { kind: 'amount_off_unit', amount: '3.00' },
    [{ price: '10.00', count: 2 }, { price: '1.00' }],
    ['14.00', '0.00'],
  ],
  [
    'money off the order, split in proportion',
    { kind: 'amount_off_order', amount: '100.00' },
    [{ price: '1000.00', count: 2 }, { price: '500.00' }],
    ['1920.00', '480.00'],
  ],
  [
    'money off the order: what a floor does not let through goes to the other lines',
    { kind: 'amount_off_order', amount: '10.00' },
    [{ price: '10.00', min: '9.00' }, { price: '10.00' }],
    ['9.00', '1.00'],
  ],
  [
    'a special price, only where it is less',
    { kind: 'special_price', price: '5.00' },
    [{ price: '6.00', count: 2 }, { price: '4.00' }],
    ['10.00', '4.00'],
  ],
  [
    'the cheapest unit free',
    { kind: 'units_off', which: 'cheapest' },
    [{ price: '6.00' }, { price: '4.00', count: 2 }],
    ['6.00', '4.00'],
  ],
  [
    'the two most expensive units at half the price, the second from the next line',
    { kind: 'units_off', which: 'most_expensive', units: 2, percent: 50 },
    [{ price: '4.00', count: 3 }, { price: '6.00' }],
    ['10.00', '3.00'],
  ],
  [
    'more units than there are',
    { kind: 'units_off', which: 'cheapest', units: 5 },
    [{ price: '6.00' }, { price: '4.00' }],
    ['0.00', '0.00'],
  ],
  [
    'three for two over several lines',
    { kind: 'every_nth_unit', n: 3 },
    [
      { price: '1.00', count: 2 },
      { price: '9.00', count: 2 },
      { price: '5.00', count: 2 },
    ],
    ['1.00', '18.00', '5.00'],
  ],
  [
    'every second unit of one line at half the price',
    { kind: 'every_nth_unit', n: 2, percent: '50' },
    [{ price: '3.33', count: 5 }],
    ['13.32'],
  ],
  [
    'points worth a percentage, rounded down by the currency',
    { kind: 'percent_points', points_currency_eid: 'stars', percent: 5 },
    [{ price: '10.99' }, { price: '0.19' }],
    ['10.99 +0.54 stars', '0.19'],
  ],
  [
    'points of another worth, without decimals, rounded half up: 3 miles for 1.00',
    { kind: 'percent_points', points_currency_eid: 'miles', percent: 50 },
    [{ price: '1.00' }, { price: '0.33' }],
    ['1.00 +2 miles', '0.33'],
  ],
  [
    'points for the order, split by what is paid, and within their maximum',
    { kind: 'fixed_points', points_currency_eid: 'miles', amount: 10, max_points: 8 },
    [{ price: '30.00' }, { price: '10.00' }, { price: '0.00' }],
    ['30.00 +6 miles', '10.00 +2 miles', '0.00'],
  ],
  [
    'points for each unit that is paid for',
    { kind: 'fixed_points', points_currency_eid: 'stars', amount: '1.5', per: 'unit' },
    [
      { price: '2.00', count: 3 },
      { price: '0.00', count: 9 },
    ],
    ['6.00 +4.50 stars', '0.00'],
  ],
  [
    'points for each full amount of all lines together',
    { kind: 'points_per_money', points_currency_eid: 'miles', amount: 1, money: '100' },
    [{ price: '150.00' }, { price: '149.99' }],
    ['150.00 +1 miles', '149.99 +1 miles'],
  ],
  [
    'points in proportion',
    { kind: 'points_per_money', points_currency_eid: 'stars', amount: 1, money: '100', full_steps: false },
    [{ price: '150.00' }, { price: '149.99' }],
    ['150.00 +1.50 stars', '149.99 +1.49 stars'],
  ],
];

test.each(cases)('%s', (_, effect, lines, expected) => {
  expect(short(answerTo({ lines, promotions: [{ effects: [effect] }] }))).toEqual(expected);
});

describe('paying with points', () => {
  const pay = (further: object = {}) => ({
    effects: [{ kind: 'points_payment', points_currency_eid: 'stars', ...further }],
  });
  const lines = [{ price: '80.00' }, { price: '20.00', category: ['book'] }];
  const payments: [string, object, Partial<Pricing>, string[], string | undefined][] = [
    ['what was asked for', {}, { points_payment: { stars: '10' } }, ['72.00', '18.00'], undefined],
    ['all there are', {}, { points_payment: { stars: 'max' } }, ['20.00', '5.00'], undefined],
    ['nothing, unasked', {}, {}, ['80.00', '20.00'], undefined],
    ['all there are, unasked', { mode: 'automatic' }, {}, ['20.00', '5.00'], undefined],
    [
      'nothing, asked not to',
      { mode: 'automatic' },
      { points_payment: { stars: '0' } },
      ['80.00', '20.00'],
      undefined,
    ],
    ['a share', { max_percent: 30 }, { points_payment: { stars: '60' } }, ['56.00', '14.00'], '30.00'],
    ['a maximum', { max_points: 5 }, { points_payment: { stars: 'max' } }, ['76.00', '19.00'], '5.00'],
    [
      'not for too small an order',
      { min_order: 101 },
      { points_payment: { stars: '9' } },
      ['80.00', '20.00'],
      '0.00',
    ],
    [
      'not for some goods',
      { excluded: { categories: ['book'] } },
      { points_payment: { stars: '10' } },
      ['70.00', '20.00'],
      undefined,
    ],
  ];
  test.each(payments)('%s', (_, effect, pricing, expected, allowed) => {
    const answer = answerTo({ lines, balances: { stars: '75' }, promotions: [pay(effect)], ...pricing });
    expect(short(answer)).toEqual(expected);
    expect(answer.points_payment?.[0]?.allowed).toBe(allowed);
  });

  test('never goes below the floor of a line', () => {
    const floored = [
      { price: '10.00', min: '8.00' },
      { price: '5.00', min: '5.00' },
    ];
    const answer = answerTo({
      ...{ lines: floored, balances: { stars: '75' }, promotions: [pay()] },
      points_payment: { stars: '9' },
    });
    expect(short(answer)).toEqual(['8.00', '5.00']);
    expect(answer.points_redeemed).toEqual([
      { points_currency_iid: 2, points_currency_eid: 'stars', amount: '2.00' },
    ]);
  });

  test('takes no more points than they are worth in money: 3 miles are worth 1.00', () => {
    const effects = [{ kind: 'points_payment', points_currency_eid: 'miles' }];
    const of = (miles: string, price: string) =>
      answerTo({
        lines: [{ price }],
        balances: { miles },
        points_payment: { miles },
        promotions: [{ effects }],
      });
    expect(of('10', '50.00')).toMatchObject({
      ...{ points_payment_amount: '3.33', final_total_price: '46.67' },
      points_redeemed: [{ amount: '10' }],
    });
    expect(of('10', '2.50')).toMatchObject({ points_payment_amount: '2.33', final_total_price: '0.17' });
  });

  test('is refused if there are not so many', () => {
    const pricing = { lines, balances: { stars: '75' }, promotions: [pay()] };
    expect(() => answerTo({ ...pricing, points_payment: { stars: '75.01' } })).toThrow('Too few stars');
  });

  test('is of no effect where no promotion allows it, and says so', () => {
    const answer = answerTo({
      lines,
      balances: { stars: '75' },
      promotions: [],
      points_payment: { stars: '5' },
    });
    expect(short(answer)).toEqual(['80.00', '20.00']);
    expect(answer.points_payment).toEqual([
      {
        ...{ points_currency_eid: 'stars', requested: '5.00', allowed: '0.00' },
        reason: 'no promotion allows it for this order',
      },
    ]);
  });
});
