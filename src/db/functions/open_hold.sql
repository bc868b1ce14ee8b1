-- The row of a temporary transaction; refused if its workflow has settled it before it was posted.
create or replace function ledger.open_hold(
  account ledger.accounts, p ledger.postings, temp_until timestamptz
)
returns ledger.step language plpgsql as $$
begin
  insert into ledger.holds (account_id, transaction_id, seq, state, temp_until)
  values (account.account_id, p.transaction_id, p.seq, 'open', open_hold.temp_until);
  return ledger.enter(account, p);
end $$;
