import { z } from 'zod';
import { byDefault, choice, moneyOrZero, name, optionally, percent, pointsAmount } from '../arguments';
import { checkGoods, compileGoods, goodsShape } from '../conditions/goods';
import { paymentKind } from '../kind';
import { checkPoints, currencyNamed } from '../terms';
import { toWhole, toWholeMoney } from '../whole';

export const pointsPayment = paymentKind({
  kind: 'points_payment',
  does: 'pay',
  summary:
    'Points pay for the order, when the customer asks for it or always, at most a share of it; a point is ' +
    'worth what the currency says.',
  args: z.strictObject({
    kind: z.literal('points_payment'),
    points_currency_eid: name(),
    mode: byDefault(choice(['on_request', 'automatic']), 'on_request'),
    max_percent: byDefault(percent(), '100'),
    min_order: byDefault(moneyOrZero(), '0'),
    max_points: optionally(pointsAmount()),
    excluded: optionally(z.strictObject(goodsShape)),
  }),
  check({ points_currency_eid: eid, max_points, excluded }, terms) {
    const problem = checkPoints(eid, { max_points }, terms);
    if (problem) return problem;
    if (currencyNamed(eid, terms).type === 'qualification') {
      const why = `"${eid}" is a qualification currency: it cannot be redeemed`;
      return { path: ['points_currency_eid'], problem: why };
    }
    const inGoods = excluded && checkGoods(excluded, terms);
    return inGoods && { path: ['excluded', ...inGoods.path], problem: inGoods.problem };
  },
  compile(args, terms) {
    const currency = currencyNamed(args.points_currency_eid, terms);
    const isExcluded = args.excluded ? compileGoods(args.excluded, terms) : () => false;
    return {
      currency,
      isAutomatic: args.mode === 'automatic',
      basisPoints: toWhole(args.max_percent, 2),
      minOrder: toWholeMoney(args.min_order, terms.moneyScale, 'up'),
      maxPoints: args.max_points === null ? null : toWhole(args.max_points, currency.scale),
      accepts: (line) => !isExcluded(line),
    };
  },
});
