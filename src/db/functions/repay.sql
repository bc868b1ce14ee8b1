-- A debt is repaid from whatever points are free, active or not yet, in the order of consumption (G-9):
-- an account in debt never has free points.
create or replace function ledger.repay(account ledger.accounts, seq bigint, at timestamptz)
returns ledger.accounts language plpgsql as $$
declare
  lot ledger.lots;
  share ledger.points;
begin
  if account.debt = 0 then
    return account;
  end if;
  for lot in
    select l.* from ledger.lots l
    where l.account_id = account.account_id and l.has_free and l.expires_at > at
    order by l.expires_at, l.activates_at, l.seq
  loop
    exit when account.debt = 0;
    share := least(lot.remaining - lot.reserved, account.debt);
    update ledger.lots l set remaining = l.remaining - share
    where l.account_id = account.account_id and l.seq = lot.seq;
    insert into ledger.lot_uses as u (account_id, seq, lot_seq, taken)
    values (account.account_id, repay.seq, lot.seq, share)
    on conflict on constraint lot_uses_pkey do update set taken = u.taken + excluded.taken;
    account.debt := account.debt - share;
    if lot.activates_at > at then
      account.active := account.active + share;
    end if;
  end loop;
  return account;
end $$;
