import type { TierGroupValues, TierPeriod } from '../../src/domain/settings';

const dayMs = 86_400_000;

/** Days are numbers since 1970. */
export const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / dayMs;
export const dateOf = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10);

/** A day so many units later, month ends clamped. */
function later(day: number, { n, unit }: Pick<TierPeriod, 'n' | 'unit'>): number {
  if (unit === 'day') return day + n;
  const date = new Date(day * dayMs);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + n * (unit === 'year' ? 12 : 1);
  const last = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
  return Date.UTC(Math.floor(months / 12), months % 12, Math.min(date.getUTCDate(), last)) / dayMs;
}

/** What a member of a group holds, found out day by day in the plainest way: ranks are from -1, none. */
export class TierModel {
  held: number;
  #floor = -1;
  #floorUntil = Number.POSITIVE_INFINITY;
  #today: number;
  #firsts = -1;
  readonly #earnings: { name: string; day: number; amount: number }[] = [];
  readonly #starts = [dayOf('2001-01-01')];
  readonly #group: TierGroupValues;
  /** None: what was earned counts for ever. */
  readonly #period: TierPeriod | null;

  constructor(group: TierGroupValues, today: number) {
    this.#group = group;
    this.#period = group.period;
    this.#today = today;
    this.held = this.#rank(0);
    this.#firsts = this.held;
  }

  get tiers(): string {
    const from = this.#period ? this.held : 0;
    const held = this.#group.tiers.filter((_, rank) => rank >= from && rank <= this.held);
    return held.map(({ eid }) => eid).join(' ');
  }

  get rewards(): string {
    const reached = this.#group.tiers.slice(0, this.#firsts + 1);
    return reached.flatMap(({ reward }) => (reward ? [reward.amount] : [])).join(' ');
  }

  earn(name: string, amount: number, day: number): string {
    this.advance(day);
    this.#earnings.push({ name, day, amount });
    return this.#settle();
  }

  cancel(name: string, day: number): string {
    this.advance(day);
    const index = this.#earnings.findIndex((earning) => earning.name === name);
    if (index >= 0) this.#earnings.splice(index, 1);
    return this.#settle();
  }

  advance(day: number): string {
    while (this.#today < day) {
      this.#today += 1;
      this.#begin(this.#today);
    }
    return this.#settle();
  }

  #begin(day: number): void {
    const kept = this.#kept(day);
    if (day === this.#floorUntil) {
      this.#floor -= 1;
      this.#floorUntil = this.#floor < 0 ? Number.POSITIVE_INFINITY : this.#next(day);
    }
    if (Math.max(this.#floor, kept) < this.held) {
      const { downgrade } = this.#group;
      this.#floor = { none: this.held, one_step: this.held - 1, to_earned: -1 }[downgrade];
      this.#floorUntil =
        downgrade === 'one_step' && this.#floor >= 0 ? this.#next(day) : Number.POSITIVE_INFINITY;
    }
    this.held = Math.max(this.#floor, kept);
  }

  #settle(): string {
    this.held = Math.max(this.#floor, this.#kept(this.#today));
    this.#firsts = Math.max(this.#firsts, this.held);
    return this.tiers;
  }

  #next(day: number): number {
    if (this.#period?.kind === 'rolling') return later(day, this.#period);
    let next = day + 1;
    while (this.#start(next - this.#group.grace_days) !== next - this.#group.grace_days) next += 1;
    return next;
  }

  #kept(day: number): number {
    let best = -1;
    for (let back = 0; back <= this.#group.grace_days; back += 1)
      best = Math.max(best, this.#earned(day - back));
    return best;
  }

  #earned(day: number): number {
    const period = this.#period;
    if (!period) return this.#rank(this.#sum(() => true));
    if (period.kind === 'rolling') {
      return this.#rank(this.#sum((on) => on <= day && later(on, period) >= day));
    }
    const start = this.#start(day);
    const last = this.#start(start - 1);
    return Math.max(
      this.#rank(this.#sum((on) => on <= day && this.#start(on) === start)),
      this.#rank(this.#sum((on) => on <= day && this.#start(on) === last)),
    );
  }

  /** The first day of the calendar period of a day, counted up from 2001. */
  #start(day: number): number {
    if (!this.#period) return 0;
    for (let last = this.#starts.at(-1) ?? 0; last <= day; ) {
      last = later(last, this.#period);
      this.#starts.push(last);
    }
    return this.#starts.findLast((start) => start <= day) ?? 0;
  }

  #sum(counts: (day: number) => boolean): number {
    return this.#earnings.filter(({ day }) => counts(day)).reduce((sum, { amount }) => sum + amount, 0);
  }

  #rank(points: number): number {
    return this.#group.tiers.findLastIndex(({ threshold }) => Number(threshold) <= points);
  }
}
