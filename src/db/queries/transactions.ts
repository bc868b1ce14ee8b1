import { z } from 'zod';
import { query } from '../query';

const row = z.object({
  transaction_id: z.string(),
  program_id: z.int(),
  member_id: z.string(),
  profile_id: z.string(),
  currency_iid: z.int(),
  type: z.string(),
  /** Null for what never was temporary. */
  state: z.enum(['open', 'committed', 'rolled_back', 'timed_out']).nullable(),
  /** While it was open, or later: itself, or what it was committed as. */
  canceled: z.boolean(),
  committed_as: z.string().nullable(),
  /** The active balance once the hold was settled. */
  settled_balance: z.string().nullable(),
});

export type FoundTransaction = z.output<typeof row>;

const select = `
  select
    p.transaction_id::text as transaction_id, p.program_id, a.member_id::text as member_id, m.profile_id,
    a.currency_iid, p.type::text as type, h.state::text as state,
    coalesce(h.canceled, false) or exists (
      select from ledger.postings r
      where r.account_id = p.account_id and r.reverses_seq in (p.seq, h.settled_seq)
    ) as canceled,
    h.committed_as::text as committed_as, s.active_after::text as settled_balance
  from ledger.postings p
  join ledger.accounts a on a.account_id = p.account_id
  join ledger.members m on m.member_id = a.member_id
  left join ledger.holds h
    on p.is_temp and h.account_id = p.account_id and h.transaction_id = p.transaction_id
  left join ledger.postings s on s.account_id = h.account_id and s.seq = h.settled_seq`;

/** A transaction by its id, in one of the programs given (null: any). */
export const findById = query({
  name: 'transaction-by-id',
  parameters: [z.string(), z.array(z.int()).nullable()],
  row,
  text: `${select}
    where p.transaction_id = $1::uuid and p.type not in ('settlement', 'activation')
      and ($2::int[] is null or p.program_id = any($2::int[]))`,
});

/** Transactions by the caller's id, in one of the programs given (null: any); there may be several (G-16). */
export const findByEid = query({
  name: 'transaction-by-eid',
  parameters: [z.string(), z.array(z.int()).nullable()],
  row,
  text: `${select}
    join ledger.keys k on k.transaction_id = p.transaction_id
    where k.transaction_eid = $1::text and ($2::int[] is null or k.program_id = any($2::int[]))`,
});

/** Who has a transaction_eid already: the hash of what was asked, and what was answered. */
export const findAnswer = query({
  name: 'transaction-answer',
  parameters: [z.int(), z.string()],
  row: z.object({
    request_hash: z.string(),
    transaction_id: z.string(),
    balance_before: z.string(),
    balance_after: z.string(),
  }),
  text: `
    select k.request_hash, p.transaction_id::text as transaction_id,
      p.active_before::text as balance_before, p.active_after::text as balance_after
    from ledger.keys k join ledger.postings p on p.transaction_id = k.transaction_id
    where k.program_id = $1::int and k.transaction_eid = $2::text`,
});
