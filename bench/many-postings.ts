import type { Pool } from 'pg';

/**
 * Puts members into program 1 with `each` accruals of 10 per member in currency 1, straight into the tables,
 * as if they had been posted in 2025: a sound ledger of any size within seconds.
 */
export async function makePostings(pool: Pool, memberCount: number, each: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`set statement_timeout = 0`);
    await client.query(
      `insert into directory.profiles (profile_id, database_id)
       select lpad(to_hex(i), 24, '0'), 1 from generate_series(1, $1::int) i`,
      [memberCount],
    );
    await client.query(
      `with members as (
         insert into ledger.members (program_id, profile_id, registered_at, written_by)
         select 1, lpad(to_hex(i), 24, '0'), '2025-01-01', 'test' from generate_series(1, $1::int) i
         returning member_id
       )
       insert into ledger.accounts
         (member_id, program_id, currency_iid, balance, active, touched_at, last_seq)
       select member_id, 1, 1, 10 * $2::int, 10 * $2::int, '2025-12-31', $2::int from members`,
      [memberCount, each],
    );
    await client.query(
      `insert into ledger.postings
         (account_id, seq, transaction_id, transaction_eid, program_id, type, amount, delta, balance_after,
          active_before, active_after, posted_at, created_at, activates_at, expires_at,
          source_type, source_sid, external_data, written_by)
       select
         a.account_id, s, uuidv7(), format('pos-%s-%s', a.account_id, s), 1, 'accrual', 10, 10, 10 * s,
         10 * (s - 1), 10 * s, t.at, t.at, t.at, 'infinity', 'api', 'till',
         jsonb_build_object('till', a.account_id % 7, 'note', 'a "quoted" word'), 'test'
       from ledger.accounts a, generate_series(1, $1::int) s,
         lateral (select '2025-01-01'::timestamptz + s * interval '1 hour' as at) t
       where a.currency_iid = 1 and a.last_seq = $1::int`,
      [each],
    );
    await client.query(
      `insert into ledger.lots (account_id, program_id, seq, amount, remaining, activates_at)
       select account_id, program_id, seq, amount, amount, activates_at
       from ledger.postings where written_by = 'test'`,
    );
    await client.query(
      `insert into ledger.keys (program_id, transaction_eid, transaction_id, request_hash)
       select program_id, transaction_eid, transaction_id, '' from ledger.postings where written_by = 'test'`,
    );
    await client.query('analyze ledger.accounts, ledger.postings, ledger.lots, ledger.members');
  } finally {
    client.release(true);
  }
}
