import { type PricedRecord, switchedOn } from './checkout';
import type { Rejected } from './promotion/evaluate';
import type { Reason } from './promotion/kind';
import { unused } from './promotion/limits';
import type { Checkout } from './promotion/order';
import { type Policy, type PricedOrder, price } from './promotion/price';
import type { Pricing } from './promotion/pricing';
import type { CompiledPromotion } from './promotion/promotion';
import { ReplayTally } from './replay-tally';
import type { SimulationOptions, SimulationReport } from './simulation';
import { UseCounts, type UsesBefore } from './use-counts';

/** A promotion, as if it were switched on, and those it would have met. */
export interface ReplaySettings {
  readonly promotion: CompiledPromotion;
  readonly others: readonly CompiledPromotion[];
  /** All of them, in order of id. */
  readonly all: readonly CompiledPromotion[];
  readonly policy: Policy;
  /** The same for orders in money of so many decimals. */
  inMoney(scale: number): ReplaySettings;
}

/** What a simulation compares; or why it cannot. */
export function replaySettings(
  pricing: Pricing,
  promotionId: number,
  options: Pick<SimulationOptions, 'drafts' | 'without' | 'keep_dates'>,
): ReplaySettings | { problem: string } {
  const found = pricing.promotions.find(({ id }) => id === promotionId);
  if (!found) return { problem: 'the promotion was deleted' };
  if (found.effects.length === 0) {
    return {
      problem: 'the promotion names something that is not there any more, and counts as switched off',
    };
  }
  const drafts = switchedOn(pricing, new Set([found.externalId, ...options.drafts]));
  const made = new Map<number, ReplaySettings>();
  const inMoney = (scale: number): ReplaySettings => {
    const known = made.get(scale) ?? settingsIn(drafts.inMoney(scale), promotionId, options, inMoney);
    made.set(scale, known);
    return known;
  };
  return settingsIn(drafts, promotionId, options, inMoney);
}

const always = { startsAtMs: Number.NEGATIVE_INFINITY, endsAtMs: Number.POSITIVE_INFINITY };

function settingsIn(
  { promotions, policy }: Pricing,
  promotionId: number,
  { without, keep_dates }: Pick<SimulationOptions, 'without' | 'keep_dates'>,
  inMoney: ReplaySettings['inMoney'],
): ReplaySettings {
  const all = promotions
    .filter(({ externalId }) => !without.includes(externalId))
    .map((it) => (it.id === promotionId && !keep_dates ? { ...it, ...always } : it));
  const promotion = all.find(({ id }) => id === promotionId);
  if (!promotion) throw new RangeError(`Promotion ${promotionId} is not there in all money`);
  return { promotion, others: all.filter((it) => it !== promotion), all, policy, inMoney };
}

/** An order as it is replayed; `checkout` without uses. */
export interface ReplayedOrder {
  readonly order: Pick<PricedRecord, 'currency'> & {
    readonly external_id: string;
    readonly create_time: string;
    readonly profile_id: string | null;
  };
  readonly checkout: Checkout;
  readonly delivery: bigint;
  /** Whether its customer is a member: nobody else has anything of promotions. */
  readonly isOfMember: boolean;
  /** How limited promotions had been used before the first order. */
  readonly before: UsesBefore;
}

/** An order without the promotion and with it; why it did nothing, if so. */
export interface Compared {
  readonly before: PricedOrder;
  readonly after: PricedOrder;
  readonly rejection: Rejected | undefined;
}

/** Of a promotion that was a candidate; with any other reason the others are decided between without it. */
const ofCandidates: ReadonlySet<Reason> = new Set(['arbitration', 'floor', 'not_requested']);

/**
 * Prices orders without a promotion and with it, one after the other in the order of time. Limits count in
 * both worlds: what the promotion takes from others in one order leaves them more for the next.
 */
export class Replay {
  readonly #settings: ReplaySettings;
  readonly #without: UseCounts;
  readonly #with: UseCounts;
  readonly #tally: ReplayTally;

  /** `since`: when the first order was made, RFC 3339. */
  constructor(settings: ReplaySettings, since: string) {
    const { promotion, others, all } = settings;
    this.#settings = settings;
    this.#without = new UseCounts(others, since);
    this.#with = new UseCounts(all, since);
    this.#tally = new ReplayTally(promotion);
  }

  add(replayed: ReplayedOrder): void {
    const { order, checkout, isOfMember } = replayed;
    const settings = this.#settings.inMoney(checkout.order.scale);
    const { promotion, policy } = settings;
    if (!isOfMember) {
      const plain = priceAgain([], policy, replayed, new Map());
      this.#tally.add(replayed, { before: plain, after: plain, rejection: undefined }, policy.currencies);
      return;
    }
    const compared = this.#compare(settings, replayed);
    const profileId = order.profile_id ?? '';
    this.#without.count(compared.before, profileId, order.create_time);
    this.#with.count(compared.after, profileId, order.create_time);
    this.#tally.add(replayed, compared, policy.currencies);
    const used = this.#with.total(promotion.id);
    const isUsedUp = promotion.compiledLimits.objection({ ...unused, ...used }) !== null;
    this.#tally.note(used, isUsedUp ? order.create_time : null);
  }

  report(): SimulationReport {
    return this.#tally.report();
  }

  #compare({ promotion, others, all, policy }: ReplaySettings, replayed: ReplayedOrder): Compared {
    const { order, before: earlier } = replayed;
    const profileId = order.profile_id ?? '';
    const usedWith = this.#with.of(profileId, order.create_time, earlier);
    const usedWithout = this.#without.of(profileId, order.create_time, earlier);
    const after = priceAgain(all, policy, replayed, usedWith);
    const rejection = after.rejected.find((it) => it.promotion === promotion);
    const isAlike =
      rejection && !ofCandidates.has(rejection.because) && areAlike(usedWith, usedWithout, others);
    const before = isAlike ? after : priceAgain(others, policy, replayed, usedWithout);
    return { before, after, rejection };
  }
}

function priceAgain(
  promotions: readonly CompiledPromotion[],
  policy: Policy,
  { checkout, order }: ReplayedOrder,
  uses: Checkout['shopper']['uses'],
): PricedOrder {
  const priced = price(promotions, { ...checkout, shopper: { ...checkout.shopper, uses } }, policy);
  if ('overdrawn' in priced) throw new RangeError(`Order ${order.external_id} asks for more than there was`);
  return priced;
}

function areAlike(
  uses: ReturnType<UseCounts['of']>,
  otherUses: ReturnType<UseCounts['of']>,
  promotions: readonly CompiledPromotion[],
): boolean {
  return promotions.every(({ id }) => {
    const [one, other] = [uses.get(id) ?? unused, otherUses.get(id) ?? unused];
    return (
      one.total === other.total &&
      one.granted === other.granted &&
      one.byMember === other.byMember &&
      one.byMemberInPeriod === other.byMemberInPeriod
    );
  });
}
