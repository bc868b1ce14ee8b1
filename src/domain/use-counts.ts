import { usesOf } from './order-postings';
import { unused } from './promotion/limits';
import type { PromotionUse } from './promotion/order';
import type { PricedOrder } from './promotion/price';
import type { CompiledPromotion } from './promotion/promotion';
import { toWhole } from './promotion/whole';

/** What limited promotions had been used before anybody counted, by all and by one member. */
export type UsesBefore = ReadonlyMap<number, PromotionUse>;

interface OwnUse {
  total: number;
  period: string | null;
  inPeriod: number;
}

/** Counts uses of limited promotions in the order of time, from a moment (RFC 3339) on. */
export class UseCounts {
  readonly #all = new Map<number, { total: number; granted: bigint }>();
  readonly #own = new Map<string, OwnUse>();
  readonly #promotions: ReadonlyMap<number, CompiledPromotion>;

  constructor(
    promotions: readonly CompiledPromotion[],
    readonly since: string,
  ) {
    const limited = promotions.filter(({ isActive, limits }) => isActive && limits !== null);
    this.#promotions = new Map(limited.map((promotion) => [promotion.id, promotion]));
  }

  /** How often each has been used at a moment, with what was there before. */
  of(profileId: string, at: string, before: UsesBefore): Map<number, PromotionUse> {
    return new Map(
      [...this.#promotions.values()].map((promotion) => [
        promotion.id,
        this.#useOf(promotion, profileId, at, before.get(promotion.id) ?? unused),
      ]),
    );
  }

  /** What all have used of a promotion since the beginning. */
  total(promotionId: number): { total: number; granted: bigint } {
    return this.#all.get(promotionId) ?? { total: 0, granted: 0n };
  }

  /** Counts the promotions that came into play in an order. */
  count(priced: PricedOrder, profileId: string, at: string): void {
    if (this.#promotions.size === 0) return;
    for (const { promotion_id: id, granted } of usesOf({ priced })) {
      const promotion = this.#promotions.get(id);
      if (!promotion) continue;
      const all = this.total(id);
      const more = toWhole(granted, promotion.compiledLimits.scale);
      this.#all.set(id, { total: all.total + 1, granted: all.granted + more });
      if (countsByMember(promotion)) this.#countOwn(promotion, profileId, at);
    }
  }

  #useOf(promotion: CompiledPromotion, profileId: string, at: string, before: PromotionUse): PromotionUse {
    const { id, compiledLimits } = promotion;
    const all = this.total(id);
    const own = this.#own.get(keyOf(id, profileId));
    const period = compiledLimits.periodStart(at);
    const isFirstPeriod = period === compiledLimits.periodStart(this.since);
    return {
      total: before.total + all.total,
      granted: before.granted + all.granted,
      byMember: before.byMember + (own?.total ?? 0),
      byMemberInPeriod:
        (isFirstPeriod ? before.byMemberInPeriod : 0) + (own?.period === period ? own.inPeriod : 0),
    };
  }

  #countOwn({ id, compiledLimits }: CompiledPromotion, profileId: string, at: string): void {
    const key = keyOf(id, profileId);
    const period = compiledLimits.periodStart(at);
    const own = this.#own.get(key) ?? { total: 0, period, inPeriod: 0 };
    const inPeriod = own.period === period ? own.inPeriod : 0;
    this.#own.set(key, { total: own.total + 1, period, inPeriod: inPeriod + 1 });
  }
}

const keyOf = (promotionId: number, profileId: string) => `${promotionId} ${profileId}`;

/** Who used it is remembered only where somebody will ask. */
function countsByMember({ limits }: CompiledPromotion): boolean {
  return limits?.uses_per_member != null || limits?.uses_per_period != null;
}
