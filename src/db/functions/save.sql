-- Writes back an account that was worked on.
create or replace function ledger.save(account ledger.accounts)
returns void language sql as $$
  update ledger.accounts a
  set
    balance = account.balance, held = account.held, debt = account.debt, active = account.active,
    lapsed = account.lapsed, changes_at = account.changes_at, touched_at = account.touched_at,
    last_seq = account.last_seq, last_turn = account.last_turn, closed_at = account.closed_at
  where a.account_id = account.account_id
$$;
