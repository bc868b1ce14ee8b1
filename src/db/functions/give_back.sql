-- Gives points back to the lot they came from: `taken` returns to it, `reserved` is released.
create or replace function ledger.give_back(
  account ledger.accounts, seq bigint, lot_seq bigint,
  taken ledger.points, reserved ledger.points, at timestamptz
)
returns ledger.accounts language plpgsql as $$
declare
  lot ledger.lots;
begin
  update ledger.lots l
  set remaining = l.remaining + give_back.taken, reserved = l.reserved - give_back.reserved
  where l.account_id = account.account_id and l.seq = give_back.lot_seq
  returning l.* into strict lot;
  insert into ledger.lot_uses (account_id, seq, lot_seq, taken, reserved)
  values (account.account_id, give_back.seq, give_back.lot_seq, -give_back.taken, -give_back.reserved);
  return ledger.free_up(account, taken + reserved, lot.activates_at, lot.expires_at, at);
end $$;
