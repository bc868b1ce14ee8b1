-- Rollback, cancellation or timeout: what the hold reserved goes back to its lots, exactly.
create or replace function ledger.release_hold(
  account ledger.accounts, p ledger.postings, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  s ledger.postings := ledger.settlement(account, p, op, at, origin);
  use ledger.lot_uses;
begin
  for use in
    select u.* from ledger.lot_uses u where u.account_id = p.account_id and u.seq = p.seq order by u.lot_seq
  loop
    account := ledger.give_back(account, s.seq, use.lot_seq, 0, use.reserved, at);
    account.held := account.held - use.reserved;
  end loop;
  account := ledger.repay(account, s.seq, at);
  return ledger.enter(account, s);
end $$;
