import { toFixedScale, toTrimmed } from './amount';
import { answerOf, type Deeds, deedsIn } from './promotion/answer';
import type { Reason } from './promotion/kind';
import { type PricedOrder, totalsOf } from './promotion/price';
import type { CompiledPromotion } from './promotion/promotion';
import type { PointsCurrency } from './promotion/terms';
import { divide, fromWhole, fromWholeMoney, moneyScale, sum, type Whole } from './promotion/whole';
import type { Compared, ReplayedOrder } from './replay';
import type {
  ExamplePrice,
  ExampleReport,
  LimitsReport,
  MoneyReport,
  OtherReport,
  PointsReport,
  SimulationReport,
} from './simulation';

const mostExamples = 5;

/** Sums of orders in one currency of money, which has so many decimals. */
type MoneyTally = Record<'before' | 'after' | 'discount' | 'paid', Whole> & {
  readonly scale: number;
  orders: number;
  touched: number;
};

/** Sums of points, in units of what they are in orders of one currency of money. */
type PointsTally = Record<'granted' | 'redeemed' | 'worth' | 'grantedChange' | 'redeemedChange', Whole> & {
  readonly points: PointsCurrency;
  readonly scale: number;
};

interface OtherTally {
  readonly eid: string;
  readonly scale: number;
  lost: number;
  gained: number;
  discount: Whole;
  readonly points: Table<ChangeTally, [iid: number]>;
}

type ChangeTally = Record<'grantedChange' | 'redeemedChange', Whole> & { readonly points: PointsCurrency };

interface ReasonTally {
  orders: number;
  example: { order_external_id: string; detail: string };
}

const noMoney = (scale: number) => (): MoneyTally => ({
  ...{ scale, orders: 0, touched: 0, before: 0n, after: 0n, discount: 0n, paid: 0n },
});
const noPoints = (points: PointsCurrency, scale: number) => (): PointsTally => ({
  ...{ points, scale, granted: 0n, redeemed: 0n, worth: 0n, grantedChange: 0n, redeemedChange: 0n },
});
const noChange = (eid: string, scale: number) => (): OtherTally => ({
  ...{ eid, scale, lost: 0, gained: 0, discount: 0n, points: new Table() },
});

/** Adds up what a promotion changes, order by order; its memory grows with customers only. */
export class ReplayTally {
  #touched = 0;
  #read = 0;
  #ofMembers = 0;
  #from: string | null = null;
  #to: string | null = null;
  readonly #customers = new Set<string>();
  readonly #customersTouched = new Set<string>();
  readonly #money = new Table<MoneyTally, [currency: string]>();
  readonly #points = new Table<PointsTally, [iid: number, currency: string]>();
  readonly #others = new Table<OtherTally, [promotionId: number, currency: string]>();
  readonly #rejected = new Map<Reason, ReasonTally>();
  readonly #examples: { benefit: Whole; example: ExampleReport }[] = [];
  #uses: { total: number; granted: Whole } = { total: 0, granted: 0n };
  #exhaustedAt: string | null = null;
  readonly #promotion: CompiledPromotion;

  constructor(promotion: CompiledPromotion) {
    this.#promotion = promotion;
  }

  /** `currencies`: the points of the program, as they are in the money of the order. */
  add(replayed: ReplayedOrder, compared: Compared, currencies: readonly PointsCurrency[]): void {
    const { order, checkout, isOfMember } = replayed;
    this.#read += 1;
    this.#from ??= order.create_time;
    this.#to = order.create_time;
    if (order.profile_id !== null) this.#customers.add(order.profile_id);
    if (isOfMember) this.#ofMembers += 1;
    const totals = this.#money.at([order.currency], noMoney(checkout.order.scale));
    totals.orders += 1;
    totals.before += totalsOf(compared.before.lines).final;
    totals.after += totalsOf(compared.after.lines).final;
    if (compared.rejection) this.#reject(replayed, compared.rejection);
    if (compared.before === compared.after) return;
    const now = this.#addChanges(replayed, compared);
    if (!compared.rejection && now) this.#touch(replayed, compared, now, currencies);
  }

  /** What the promotion has been used by now; `exhaustedAt`: since when at the latest nothing is left. */
  note(uses: { total: number; granted: Whole }, exhaustedAt: string | null): void {
    this.#uses = uses;
    this.#exhaustedAt ??= exhaustedAt;
  }

  report(): SimulationReport {
    const read = BigInt(this.#read);
    const share = read === 0n ? 0n : divide(BigInt(this.#touched) * 10_000n, read, 'half_up');
    return {
      from: this.#from,
      to: this.#to,
      orders: {
        ...{ read: this.#read, of_members: this.#ofMembers },
        ...{ touched: this.#touched, share: fromWhole(share, 4) },
      },
      customers: { read: this.#customers.size, touched: this.#customersTouched.size },
      money: this.#money.rows().map(moneyReport),
      points: this.#points.rows().map(pointsReport),
      others: this.#others.rows().map(otherReport).filter(isChanged),
      rejected: [...this.#rejected]
        .map(([reason, it]) => ({ reason, ...it }))
        .sort((a, b) => b.orders - a.orders),
      limits: this.#limitsReport(),
      examples: this.#examples.map(({ example }) => example),
    };
  }

  #reject({ order }: ReplayedOrder, { because, detail }: { because: Reason; detail: string }): void {
    const known = this.#rejected.get(because);
    const example = known?.example ?? { order_external_id: order.external_id, detail };
    this.#rejected.set(because, { orders: (known?.orders ?? 0) + 1, example });
  }

  /** Adds what becomes different; answers what the promotion itself does now. */
  #addChanges({ order, checkout }: ReplayedOrder, { before, after }: Compared): Deeds | undefined {
    const { currency } = order;
    const { scale } = checkout.order;
    const [without, now] = [byId(deedsIn(before.lines)), byId(deedsIn(after.lines))];
    for (const id of new Set([...without.keys(), ...now.keys()])) {
      const [earlier, later] = [without.get(id), now.get(id)];
      for (const { points, ...change } of changesOf(earlier?.deeds, later?.deeds)) {
        const row = this.#points.at([points.iid, currency], noPoints(points, scale));
        row.grantedChange += change.grantedChange;
        row.redeemedChange += change.redeemedChange;
      }
      const eid = later?.eid ?? earlier?.eid ?? '';
      if (id === this.#promotion.id) continue;
      addOther(this.#others.at([id, currency], noChange(eid, scale)), earlier?.deeds, later?.deeds);
    }
    return now.get(this.#promotion.id)?.deeds;
  }

  #touch(
    replayed: ReplayedOrder,
    compared: Compared,
    own: Deeds,
    currencies: readonly PointsCurrency[],
  ): void {
    const { currency, profile_id } = replayed.order;
    const { scale } = replayed.checkout.order;
    this.#touched += 1;
    if (profile_id !== null) this.#customersTouched.add(profile_id);
    const totals = this.#money.at([currency], noMoney(scale));
    totals.touched += 1;
    totals.discount += sum(own.discounts);
    for (const { currency: points, points: units } of own.earned) {
      this.#points.at([points.iid, currency], noPoints(points, scale)).granted += units;
    }
    for (const { currency: points, points: units, money } of own.payments) {
      const row = this.#points.at([points.iid, currency], noPoints(points, scale));
      row.redeemed += units;
      row.worth += money;
      totals.paid += money;
    }
    this.#keepExample(replayed, own, compared, currencies);
  }

  /** Those that cost most, of equal ones the earlier. */
  #keepExample(
    { order, delivery }: ReplayedOrder,
    own: Deeds,
    { before, after }: Compared,
    currencies: readonly PointsCurrency[],
  ): void {
    const worths = own.earned.map(({ currency, points }) => worthOf(points, currency) ?? 0n);
    const benefit = sum([...own.discounts, ...own.payments.map(({ money }) => money), ...worths]);
    const least = this.#examples.at(-1)?.benefit ?? -1n;
    if (this.#examples.length === mostExamples && benefit <= least) return;
    const { external_id: order_external_id, create_time, currency } = order;
    const example = {
      ...{ order_external_id, create_time, currency },
      before: examplePrice(before, delivery, currencies),
      after: examplePrice(after, delivery, currencies),
    };
    const place = this.#examples.findIndex((it) => it.benefit < benefit);
    this.#examples.splice(place < 0 ? this.#examples.length : place, 0, { benefit, example });
    this.#examples.length = Math.min(this.#examples.length, mostExamples);
  }

  #limitsReport(): LimitsReport | null {
    const { limits, compiledLimits } = this.#promotion;
    if (limits === null) return null;
    const { most, scale, currencyIid } = compiledLimits;
    const shown = (whole: Whole) =>
      currencyIid === null
        ? toFixedScale(toTrimmed(fromWhole(whole, scale)), moneyScale)
        : fromWhole(whole, scale);
    const budget = limits.budget;
    return {
      uses: this.#uses.total,
      total_uses: limits.total_uses,
      granted: most === null ? null : shown(this.#uses.granted),
      budget: most === null ? null : shown(most),
      budget_points_currency_eid: budget && 'points' in budget ? budget.points_currency_eid : null,
      exhausted_at: this.#exhaustedAt,
      orders_refused: this.#rejected.get('limit')?.orders ?? 0,
    };
  }
}

/** Rows by keys of several parts. */
class Table<Row, Key extends readonly (number | string)[]> {
  readonly #rows = new Map<string, [Key, Row]>();

  at(key: Key, empty: () => Row): Row {
    const id = key.join(' ');
    const [, known] = this.#rows.get(id) ?? [];
    if (known) return known;
    const row = empty();
    this.#rows.set(id, [key, row]);
    return row;
  }

  /** In order of the keys. */
  rows(): [Key, Row][] {
    return [...this.#rows.values()].sort(([a], [b]) => {
      const place = a.findIndex((part, index) => part !== b[index]);
      return (a[place] ?? '') < (b[place] ?? '') ? -1 : 1;
    });
  }
}

/** A promotion is another value in every money. */
function byId(deeds: ReadonlyMap<CompiledPromotion, Deeds>): Map<number, { eid: string; deeds: Deeds }> {
  return new Map([...deeds].map(([{ id, externalId }, it]) => [id, { eid: externalId, deeds: it }]));
}

function addOther(other: OtherTally, earlier: Deeds | undefined, later: Deeds | undefined): void {
  if (earlier && !later) other.lost += 1;
  if (later && !earlier) other.gained += 1;
  other.discount += sum(later?.discounts ?? []) - sum(earlier?.discounts ?? []);
  for (const { points, ...change } of changesOf(earlier, later)) {
    const row = other.points.at([points.iid], () => ({ points, grantedChange: 0n, redeemedChange: 0n }));
    row.grantedChange += change.grantedChange;
    row.redeemedChange += change.redeemedChange;
  }
}

/** What one promotion grants and redeems more than before. */
function changesOf(earlier: Deeds | undefined, later: Deeds | undefined): ChangeTally[] {
  const none = { grantedChange: 0n, redeemedChange: 0n };
  const granted = (sign: bigint, deeds: Deeds | undefined) =>
    (deeds?.earned ?? []).map((it) => ({ ...none, points: it.currency, grantedChange: sign * it.points }));
  const redeemed = (sign: bigint, deeds: Deeds | undefined) =>
    (deeds?.payments ?? []).map((it) => ({ ...none, points: it.currency, redeemedChange: sign * it.points }));
  const signed = (sign: bigint, deeds: Deeds | undefined) => [
    ...granted(sign, deeds),
    ...redeemed(sign, deeds),
  ];
  return [...signed(-1n, earlier), ...signed(1n, later)];
}

/** Points as money, half up; null: they buy nothing. */
function worthOf(units: Whole, { type, points, money }: PointsCurrency): Whole | null {
  return type === 'qualification' ? null : divide(units * money, points, 'half_up');
}

function moneyReport([[currency], it]: [[string], MoneyTally]): MoneyReport {
  const money = (whole: Whole) => fromWholeMoney(whole, it.scale);
  return {
    ...{ currency, orders: it.orders, touched: it.touched },
    revenue_before: money(it.before),
    revenue_after: money(it.after),
    revenue_change: money(it.after - it.before),
    discount_amount: money(it.discount),
    points_payment_amount: money(it.paid),
  };
}

function pointsReport([[iid, currency], it]: [[number, string], PointsTally]): PointsReport {
  const points = (whole: Whole) => fromWhole(whole, it.points.scale);
  const worth = worthOf(it.granted, it.points);
  return {
    ...{ points_currency_iid: iid, points_currency_eid: it.points.eid, currency },
    granted: points(it.granted),
    granted_worth: worth === null ? null : fromWholeMoney(worth, it.scale),
    redeemed: points(it.redeemed),
    redeemed_worth: fromWholeMoney(it.worth, it.scale),
    granted_change: points(it.grantedChange),
    redeemed_change: points(it.redeemedChange),
  };
}

function otherReport([[id, currency], it]: [[number, string], OtherTally]): OtherReport {
  const changed = it.points.rows().filter(([, row]) => row.grantedChange !== 0n || row.redeemedChange !== 0n);
  return {
    ...{ promo_iid: id, promo_eid: it.eid, currency, orders_lost: it.lost, orders_gained: it.gained },
    discount_change: fromWholeMoney(it.discount, it.scale),
    points: changed.map(
      ([
        ,
        {
          points: { eid, scale },
          grantedChange,
          redeemedChange,
        },
      ]) => ({
        points_currency_eid: eid,
        granted_change: fromWhole(grantedChange, scale),
        redeemed_change: fromWhole(redeemedChange, scale),
      }),
    ),
  };
}

function isChanged({ orders_lost, orders_gained, discount_change, points }: OtherReport): boolean {
  return orders_lost + orders_gained + points.length > 0 || !/^[0.]+$/.test(discount_change);
}

function examplePrice(
  priced: PricedOrder,
  delivery: Whole,
  currencies: readonly PointsCurrency[],
): ExamplePrice {
  const answer = answerOf(priced, currencies, { delivery, explain: false });
  const points = (amounts: typeof answer.points_accrued) =>
    amounts.map(({ points_currency_eid, amount }) => ({ points_currency_eid, amount }));
  return {
    discount_amount: answer.discount_amount,
    points_payment_amount: answer.points_payment_amount,
    final_total_price: answer.final_total_price,
    points_accrued: points(answer.points_accrued),
    points_redeemed: points(answer.points_redeemed),
    promotions: answer.promotions.map(({ promo_eid }) => promo_eid),
  };
}
