-- A cancelled redemption gives its points back to the lots they came from, with their original expiry.
create or replace function ledger.reverse_redeem(
  account ledger.accounts, p ledger.postings, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  r ledger.postings := ledger.reversal(account, p, p.amount, op, at, origin);
  use record;
begin
  for use in
    select u.lot_seq, sum(u.taken) as taken
    from ledger.lot_uses u
    where u.account_id = p.account_id and u.seq in (
      select p.seq union all
      select s.seq from ledger.postings s where s.account_id = p.account_id and s.settles_seq = p.seq
    )
    group by u.lot_seq order by u.lot_seq
  loop
    account := ledger.give_back(account, r.seq, use.lot_seq, use.taken, 0, at);
  end loop;
  account.balance := account.balance + p.amount;
  account := ledger.repay(account, r.seq, at);
  return ledger.enter(account, r);
end $$;
