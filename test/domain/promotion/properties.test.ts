import fc from 'fast-check';
import { type PricedLine, totalsOf } from '../../../src/domain/promotion/price';
import { toWhole } from '../../../src/domain/promotion/whole';
import { answerTo, type Pricing, priceOf } from '../../support/pricing';

const cents = (max: number) => fc.integer({ min: 0, max }).map((it) => (it / 100).toFixed(2));
const positive = (max: number) => fc.integer({ min: 1, max }).map((it) => (it / 100).toFixed(2));
const percent = fc.integer({ min: 1, max: 10_000 }).map((it) => (it / 100).toFixed(2));
const scope = fc.constantFrom('matching', 'order');

const line = fc.record({
  product: fc.constantFrom('P1', 'P2', 'P3'),
  count: fc.integer({ min: 1, max: 5 }),
  price: cents(20_000),
  min: cents(5_000),
});
const discount = fc.oneof(
  fc.record({ kind: fc.constant('percent_off'), percent, scope }),
  fc.record({ kind: fc.constant('percent_off'), percent, max_discount: positive(2_000) }),
  fc.record({ kind: fc.constant('amount_off_unit'), amount: positive(3_000), scope }),
  fc.record({ kind: fc.constant('amount_off_order'), amount: positive(9_000), scope }),
  fc.record({ kind: fc.constant('special_price'), price: cents(9_000) }),
  fc.record({
    ...{ kind: fc.constant('units_off'), which: fc.constantFrom('cheapest', 'most_expensive') },
    ...{ units: fc.integer({ min: 1, max: 4 }), percent },
  }),
  fc.record({ kind: fc.constant('every_nth_unit'), n: fc.integer({ min: 1, max: 4 }), percent }),
);
const earning = fc.oneof(
  fc.record({ kind: fc.constant('percent_points'), percent, max_points: positive(900) }),
  fc.record({ kind: fc.constant('percent_points'), percent }),
  fc.record({ kind: fc.constant('fixed_points'), amount: positive(5_000) }),
  fc.record({ kind: fc.constant('fixed_points'), amount: positive(900), per: fc.constant('unit') }),
  fc.record({ kind: fc.constant('points_per_money'), amount: positive(500), money: positive(5_000) }),
);
const goods = fc.option(fc.constantFrom('P1', 'P2', 'P3'), { nil: undefined });
const common = {
  priority: fc.integer({ min: 0, max: 2 }),
  combinable: fc.boolean(),
  group: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  goods,
};
type Drawn = { priority: number; combinable: boolean; group: number | undefined; goods: string | undefined };
const settings = ({ priority, combinable, group, goods: product }: Drawn) => ({
  ...{ priority, combinable },
  ...(group === undefined ? {} : { group }),
  conditions: product === undefined ? [] : [{ kind: 'goods', products: [product] }],
});
const discounts = fc.array(
  fc
    .record({ ...common, effect: discount })
    .map((it) => ({ ...settings(it), effects: [it.effect as object] })),
  { maxLength: 6 },
);
const points = fc.array(
  fc
    .record({ ...common, effect: earning, share: fc.option(percent, { nil: undefined }) })
    .map(({ effect, share, ...it }) => ({
      ...settings(it),
      effects: [
        { points_currency_eid: 'stars', ...effect },
        ...(share ? [{ kind: 'points_payment', points_currency_eid: 'stars', max_percent: share }] : []),
      ] as object[],
    })),
  { maxLength: 3 },
);

const pricing = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 6 }),
    discounts,
    points,
    mode: fc.constantFrom('best', 'priority_first', 'stack_sequential', 'stack_additive'),
    pointsMode: fc.constantFrom('best', 'priority_first', 'stack'),
    groupModes: fc.tuple(
      fc.constantFrom('best', 'priority_first', 'stack_sequential', 'stack_additive'),
      fc.constantFrom('best', 'priority_first', 'stack_sequential', 'stack_additive'),
    ),
    together: fc.boolean(),
    balance: positive(50_000),
  })
  .map(
    (it): Pricing => ({
      lines: it.lines,
      promotions: [...it.discounts, ...it.points].map((promotion, index) => ({
        ...promotion,
        id: index + 1,
      })),
      arbitration: { discounts: it.mode, points: it.pointsMode, discount_with_points: it.together },
      groups: [
        { id: 1, mode: it.groupModes[0], priority: 1 },
        { id: 2, mode: it.groupModes[1], parent: 1 },
      ],
      balances: { stars: it.balance },
      points_payment: { stars: 'max' },
    }),
  );

const floorOf = ({ line: { minPrice, merchantPrice, count } }: PricedLine) =>
  (minPrice < merchantPrice ? minPrice : merchantPrice) * BigInt(count);

test('lines sum to totals, and no line is below its floor', () => {
  fc.assert(
    fc.property(pricing, (it) => {
      const { lines } = priceOf(it);
      const totals = totalsOf(lines);
      expect(totals.final).toBe(lines.reduce((sum, { final }) => sum + final, 0n));
      for (const priced of lines) expect(priced.final).toBeGreaterThanOrEqual(floorOf(priced));
      const answer = answerTo(it, { explain: true });
      const parts = [answer.discount_amount, answer.points_payment_amount, answer.final_total_price];
      expect(parts.reduce((sum, part) => sum + toWhole(part, 2), 0n)).toBe(toWhole(answer.total_price, 2));
      for (const one of answer.lines) {
        const applied = (one.applied ?? []).reduce(
          (sum, { discount_amount }) => sum + toWhole(discount_amount, 2),
          0n,
        );
        expect(applied).toBe(toWhole(one.discount_amount, 2));
      }
    }),
    { numRuns: 300 },
  );
});

test('points paid with are no more than there are, and worth what they pay', () => {
  fc.assert(
    fc.property(pricing, (it) => {
      const answer = answerTo(it);
      const redeemed = toWhole(answer.points_redeemed[0]?.amount ?? '0', 2);
      expect(redeemed).toBeLessThanOrEqual(toWhole(it.balances?.stars ?? '0', 2));
      expect(redeemed).toBe(toWhole(answer.points_payment_amount, 2));
    }),
    { numRuns: 200 },
  );
});

test('no cap is exceeded', () => {
  fc.assert(
    fc.property(pricing, (it) => {
      const answer = answerTo(it);
      for (const fired of answer.promotions) {
        const [effect] = (it.promotions[fired.promo_iid - 1]?.effects ?? []) as {
          max_discount?: string;
          max_points?: string;
        }[];
        if (effect?.max_discount) {
          expect(toWhole(fired.discount_amount, 2)).toBeLessThanOrEqual(toWhole(effect.max_discount, 2));
        }
        if (effect?.max_points) {
          expect(toWhole(fired.points_accrued, 2)).toBeLessThanOrEqual(toWhole(effect.max_points, 2));
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a promotion that does not combine is alone on its lines', () => {
  fc.assert(
    fc.property(pricing, (it) => {
      for (const { promotions } of answerTo(it).lines) {
        const alone = promotions.filter((eid) => !it.promotions[Number(eid.slice(1)) - 1]?.combinable);
        if (alone.length > 0) expect(promotions).toEqual(alone.slice(0, 1));
      }
    }),
    { numRuns: 300 },
  );
});

test('the order in which promotions are read does not matter', () => {
  const shuffled = pricing.chain((it) =>
    fc
      .shuffledSubarray(it.promotions, { minLength: it.promotions.length })
      .map((promotions) => [it, promotions] as const),
  );
  fc.assert(
    fc.property(shuffled, ([it, promotions]) => {
      const named = (list: Pricing['promotions']) =>
        answerTo({ ...it, promotions: list.map((one) => ({ ...one, external_id: `p${one.id}` })) });
      expect(named(promotions)).toEqual(named(it.promotions));
    }),
    { numRuns: 200 },
  );
});

test('best is never worse for the customer than any single discount', () => {
  const flat = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 6 }), discounts });
  fc.assert(
    fc.property(flat, ({ lines, discounts: drawn }) => {
      const promotions = drawn.map(({ group: _, ...it }: Pricing['promotions'][number]) => it);
      const off = (list: Pricing['promotions']) =>
        toWhole(answerTo({ lines, promotions: list }).discount_amount, 2);
      const together = off(promotions);
      for (const one of promotions) expect(together).toBeGreaterThanOrEqual(off([one]));
    }),
    { numRuns: 200 },
  );
});

test('every promotion either fires or is rejected with a reason', () => {
  fc.assert(
    fc.property(pricing, (it) => {
      const { promotions, rejected_promotions: rejected } = answerTo(it);
      const named = [...promotions, ...rejected].map(({ promo_eid }) => promo_eid).sort();
      expect(named).toEqual(it.promotions.map(({ id }) => `p${id}`).sort());
      for (const { reason, lost_to } of rejected) expect(lost_to.length > 0).toBe(reason === 'arbitration');
    }),
    { numRuns: 200 },
  );
});
