import { answerTo, type Pricing } from '../../support/pricing';

const off = (percent: number) => ({ kind: 'percent_off', percent });
const back = (percent: number, points_currency_eid = 'stars') => ({
  ...{ kind: 'percent_points', points_currency_eid, percent },
});
const ten = { external_id: 'ten', effects: [off(10)] };
const fifteen = { external_id: 'fifteen', effects: [off(15)] };
const five = { external_id: 'five', effects: [back(5)] };
const seven = { external_id: 'seven', effects: [back(7)] };
const lines = [{ price: '100.00' }, { price: '50.00' }];

test.each<[string, Omit<Pricing, 'lines'>, Record<string, string[]>]>([
  ['a discount to the better one, not to points', { promotions: [ten, fifteen, five] }, { ten: ['fifteen'] }],
  [
    'points to more points of the currency, not to discounts or to other currencies',
    {
      arbitration: { points: 'best' },
      promotions: [five, seven, fifteen, { external_id: 'miles', effects: [back(90, 'miles')] }],
    },
    { five: ['seven'] },
  ],
  [
    'points to a discount that does not combine',
    { promotions: [five, { ...fifteen, combinable: false }] },
    { five: ['fifteen'] },
  ],
  [
    'points that do not combine to any discount',
    { promotions: [{ ...five, combinable: false }, seven, fifteen] },
    { five: ['seven', 'fifteen'] },
  ],
  [
    'points to a discount where these exclude each other',
    { arbitration: { discount_with_points: false }, promotions: [five, fifteen] },
    { five: ['fifteen'] },
  ],
  [
    'a discount that comes second to the one that took everything down to the floor',
    {
      arbitration: { discounts: 'stack_sequential' },
      promotions: [{ external_id: 'all', effects: [off(100)] }, ten, five],
    },
    { ten: ['all'], five: ['all'] },
  ],
  [
    'points to whoever had everything paid with points',
    {
      promotions: [
        five,
        { external_id: 'pay', effects: [{ kind: 'points_payment', points_currency_eid: 'stars' }] },
      ],
      ...{ points_payment: { stars: '150' }, balances: { stars: '500' } },
    },
    { five: ['pay'] },
  ],
  [
    'only to those on its own lines',
    {
      promotions: [
        { ...ten, conditions: [{ kind: 'goods', products: ['P1'] }] },
        { ...fifteen, conditions: [{ kind: 'goods', products: ['P1'] }] },
        { external_id: 'other', effects: [off(50)], conditions: [{ kind: 'goods', products: ['P2'] }] },
      ],
    },
    { ten: ['fifteen'] },
  ],
])('loses %s', (_, pricing, lostTo) => {
  const { rejected_promotions } = answerTo({ ...pricing, lines });
  expect(Object.fromEntries(rejected_promotions.map((it) => [it.promo_eid, it.lost_to]))).toEqual(lostTo);
});
