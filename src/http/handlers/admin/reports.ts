import type { adminReports } from '../../../contract/admin/reports';
import {
  type Days,
  findDays,
  reportMembers,
  reportPoints,
  reportPromotions,
  reportTiers,
} from '../../../db/queries/reports';
import { toFixedScale } from '../../../domain/amount';
import { moneyScale } from '../../../domain/promotion/whole';
import { isRefusal, type Refusal, refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { refuseFuture } from '../moment';
import type { AdminDependencies } from './change';

interface Asked {
  program_id: number;
  from?: string | undefined;
  to?: string | undefined;
  at?: string | undefined;
}

const usualDays = 30;
const mostDays = 1_100;

export function createAdminReportHandlers({ db }: AdminDependencies): Handlers<typeof adminReports> {
  return {
    async points(input, { now }) {
      const days = await daysOf(input, now);
      if (isRefusal(days)) return days;
      const items = (await reportPoints(db, days)).map(({ scale, ...row }) => ({
        ...row,
        accrued: toFixedScale(row.accrued, scale),
        redeemed: toFixedScale(row.redeemed, scale),
        expired: toFixedScale(row.expired, scale),
        accruals_canceled: toFixedScale(row.accruals_canceled, scale),
        redemptions_canceled: toFixedScale(row.redemptions_canceled, scale),
        held: toFixedScale(row.held, scale),
        outstanding: toFixedScale(row.outstanding, scale),
        lapsed: toFixedScale(row.lapsed, scale),
      }));
      return { ...head(days), items, at: input.at ?? null };
    },

    async members(input, { now }) {
      const days = await daysOf(input, now);
      return isRefusal(days) ? days : { ...head(days), items: await reportMembers(db, days) };
    },

    async tiers(input, { now }) {
      const days = await daysOf(input, now);
      return isRefusal(days) ? days : { ...head(days), items: await reportTiers(db, days) };
    },

    async promotions(input, { now }) {
      const days = await daysOf(input, now);
      if (isRefusal(days)) return days;
      const items = (await reportPromotions(db, days)).map(({ scale, ...row }) => ({
        ...row,
        discount_amount: toFixedScale(
          row.discount_amount,
          row.currency === null ? moneyScale : Math.max(scale, moneyScale),
        ),
        accrued: toFixedScale(row.accrued, scale),
        redeemed: toFixedScale(row.redeemed, scale),
        accruals_canceled: toFixedScale(row.accruals_canceled, scale),
        redemptions_canceled: toFixedScale(row.redemptions_canceled, scale),
      }));
      return { ...head(days), items };
    },
  };

  async function daysOf(
    { program_id, from, to, at }: Asked,
    now: string,
  ): Promise<Days | Refusal<'bad_request' | 'resource_not_found'>> {
    if (at !== undefined && to !== undefined)
      return refuse('bad_request', { problem: 'to: cannot go with at' });
    const early = refuseFuture('at', at, now);
    if (early) return early;
    const moment = at ?? now;
    const row = await findDays(db, program_id, from ?? null, to ?? null, moment, at ? 0 : usualDays - 1);
    if (!row) return refuse('resource_not_found', { resource: 'Loyalty program', id: program_id });
    const { today, days, ...period } = row;
    if (row.to > today) {
      return refuse('bad_request', {
        problem: `to: expected a day until today, which is ${today}, got ${row.to}`,
      });
    }
    if (days < 1) {
      return refuse('bad_request', { problem: `from: expected a day until ${row.to}, got ${row.from}` });
    }
    if (days > mostDays) {
      return refuse('bad_request', { problem: `from: expected at most ${mostDays} days, got ${days}` });
    }
    return { program_id, moment, ...period };
  }
}

function head({ program_id, timezone, from, to }: Days) {
  return { program_id, timezone, from, to };
}
