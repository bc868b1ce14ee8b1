-- A cancelled accrual takes back what is left of its lot. What was spent or is reserved makes it a refusal,
-- or a debt where the program allows a negative balance (G-9). What has expired is gone already.
create or replace function ledger.reverse_accrual(
  account ledger.accounts, p ledger.postings, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  lot ledger.lots;
  free ledger.points;
  expired ledger.points;
  missing ledger.points;
  r ledger.postings;
begin
  select l.* into strict lot from ledger.lots l where l.account_id = p.account_id and l.seq = p.seq;
  select coalesce(sum(u.taken), 0) into expired
  from ledger.lot_uses u join ledger.postings e on e.account_id = u.account_id and e.seq = u.seq
  where u.account_id = p.account_id and u.lot_seq = p.seq and e.type = 'expire';
  free := lot.remaining - lot.reserved;
  missing := p.amount - expired - free;
  if missing > 0 and not (
    select allow_negative_balance from catalog.programs where id = account.program_id
  ) then
    return ledger.refuse(account, 'points_spent', jsonb_build_object('transaction', p.transaction_id));
  end if;
  r := ledger.reversal(account, p, free + missing, op, at, origin);
  if free > 0 then
    update ledger.lots l set remaining = l.remaining - free
    where l.account_id = p.account_id and l.seq = p.seq;
    insert into ledger.lot_uses (account_id, seq, lot_seq, taken) values (p.account_id, r.seq, p.seq, free);
    account := ledger.free_up(account, -free, lot.activates_at, lot.expires_at, at);
  end if;
  account.balance := account.balance - free - missing;
  account.active := account.active - missing;
  account.debt := account.debt + missing;
  account := ledger.repay(account, r.seq, at);
  return ledger.enter(account, r);
end $$;
