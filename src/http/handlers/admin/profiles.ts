import type { adminProfiles } from '../../../contract/admin/profiles';
import {
  findKeptProfile,
  listKeptAccounts,
  listKeptMemberships,
  listKeptOrders,
  listKeptPostings,
  listKeptRuns,
  listKeptTiers,
} from '../../../db/queries/person';
import { listKeptCodes } from '../../../db/queries/promo-codes';
import { refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import type { AdminDependencies } from './change';

const defaultLimit = 100;
const beginning = '0:0';

type PostingRow = Awaited<ReturnType<typeof listKeptPostings>>[number];

export function createAdminProfileHandlers({ db }: AdminDependencies): Handlers<typeof adminProfiles> {
  return {
    async orders({ profile_id, after = 0, limit = defaultLimit }) {
      const rows = await listKeptOrders(db, profile_id, after, limit + 1);
      if (rows.length === 0 && !(await isKnown(profile_id))) {
        return refuse('resource_not_found', { resource: 'Profile', id: profile_id });
      }
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { items, next_after: last && rows.length > limit ? last.id : null };
    },

    async data({ profile_id, after = beginning, limit = defaultLimit }) {
      const [, account, seq] = /^(\d{1,18}):(\d{1,18})$/.exec(after) ?? [];
      if (account === undefined || seq === undefined) {
        return refuse('bad_request', {
          problem: `after: expected next_after of the page before, got "${after}"`,
        });
      }
      const [profile, memberships] = [
        await findKeptProfile(db, profile_id),
        await listKeptMemberships(db, profile_id),
      ];
      if (!profile && memberships.length === 0) {
        return refuse('resource_not_found', { resource: 'Profile', id: profile_id });
      }
      const accounts = await listKeptAccounts(db, profile_id);
      const tiers = await listKeptTiers(db, profile_id);
      const runs = await listKeptRuns(db, profile_id);
      const promoCodes = await listKeptCodes(db, profile_id);
      const rows = await listKeptPostings(db, profile_id, account, seq, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        profile: profile ? withDatabase(profile) : null,
        memberships: memberships.map((membership) => ({
          ...membership,
          accounts: accounts
            .filter(({ member_id }) => member_id === membership.member_id)
            .map(({ member_id: _, ...rest }) => rest),
          tiers: tiers
            .filter(({ member_id }) => member_id === membership.member_id)
            .map(({ member_id: _, ...rest }) => rest),
          scenario_runs: runs
            .filter(({ member_id }) => member_id === membership.member_id)
            .map(({ member_id: _, ...rest }) => rest),
        })),
        promo_codes: promoCodes,
        postings: page.map(posting),
        next_after: last && rows.length > limit ? `${last.account_id}:${last.seq}` : null,
      };
    },
  };

  async function isKnown(profileId: string): Promise<boolean> {
    const profile = await findKeptProfile(db, profileId);
    return profile !== undefined || (await listKeptMemberships(db, profileId)).length > 0;
  }
}

function withDatabase<R extends { profile_id: string; database_id: number }>({
  profile_id,
  database_id,
  ...rest
}: R) {
  return { profile_id, db_id: database_id, ...rest };
}

/** A lot and a hold are shown with the posting they came from. */
function posting({
  lot_amount,
  lot_remaining,
  lot_reserved,
  lot_activates_at,
  lot_expires_at,
  lot_uses,
  hold_state,
  hold_temp_until,
  hold_settled_at,
  hold_committed_as,
  hold_canceled,
  ...row
}: PostingRow) {
  const lot = lot_amount !== null &&
    lot_remaining !== null &&
    lot_reserved !== null && {
      amount: lot_amount,
      remaining: lot_remaining,
      reserved: lot_reserved,
      activates_at: lot_activates_at,
      expires_at: lot_expires_at,
    };
  const hold = hold_state !== null &&
    hold_canceled !== null && {
      state: hold_state,
      temp_until: hold_temp_until,
      settled_at: hold_settled_at,
      committed_as: hold_committed_as,
      canceled: hold_canceled,
    };
  return { ...row, lot: lot || null, lot_uses, hold: hold || null };
}
