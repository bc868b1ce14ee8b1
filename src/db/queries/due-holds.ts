import { z } from 'zod';
import { query } from '../query';

/** Open temporary transactions that should have ended by a moment (RFC 3339). */
export const listDueHolds = query({
  name: 'holds-due',
  parameters: [z.string()],
  row: z.object({
    transaction_id: z.string(),
    program_id: z.int(),
    member_id: z.string(),
    currency_iid: z.int(),
  }),
  text: `
    select h.transaction_id::text as transaction_id, a.program_id,
      a.member_id::text as member_id, a.currency_iid
    from ledger.holds h join ledger.accounts a on a.account_id = h.account_id
    where h.state = 'open' and h.temp_until <= $1::timestamptz`,
});
