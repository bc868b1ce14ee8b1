import { z } from 'zod';
import { query } from '../query';

/** The tiers of a group that a member holds, from the lowest to the highest. */
export const listHeldTiers = query({
  name: 'tiers-held',
  parameters: [z.string(), z.int()],
  row: z.object({
    tier_eid: z.string(),
    tier_id: z.int(),
    tier_order: z.int(),
    reached_at: z.string(),
  }),
  text: `
    select t.eid as tier_eid, t.id as tier_id, t.tier_order, h.reached_at
    from ledger.member_tiers h
    join catalog.tiers t on t.id = h.tier_id
    where h.member_id = $1::bigint and h.group_id = $2::int and h.lost_at is null
    order by t.tier_order`,
});
