-- The reserved points are spent: from exactly the lots they were reserved in, lapsed meanwhile or not.
create or replace function ledger.commit_redeem(
  account ledger.accounts, p ledger.postings, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  s ledger.postings := ledger.settlement(account, p, op, at, origin);
begin
  update ledger.lots l
  set remaining = l.remaining - u.reserved, reserved = l.reserved - u.reserved
  from ledger.lot_uses u
  where u.account_id = p.account_id and u.seq = p.seq and l.account_id = u.account_id and l.seq = u.lot_seq;
  insert into ledger.lot_uses (account_id, seq, lot_seq, taken, reserved)
  select u.account_id, s.seq, u.lot_seq, u.reserved, -u.reserved
  from ledger.lot_uses u where u.account_id = p.account_id and u.seq = p.seq;
  account.balance := account.balance - p.amount;
  account.held := account.held - p.amount;
  return ledger.enter(account, s);
end $$;
