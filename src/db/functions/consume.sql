-- Takes points from active lots, or reserves them there: earliest expiry first, then earliest activation,
-- then lowest number. The caller has checked the active balance; lots that hold less are a fault.
create or replace function ledger.consume(
  account_id bigint, seq bigint, amount ledger.points, at timestamptz, reserving boolean
)
returns void language plpgsql as $$
declare
  open_amount ledger.points := amount;
  share ledger.points;
  lot ledger.lots;
begin
  for lot in
    select l.* from ledger.lots l
    where l.account_id = consume.account_id and l.has_free and l.activates_at <= at and l.expires_at > at
    order by l.expires_at, l.activates_at, l.seq
  loop
    exit when open_amount = 0;
    share := least(lot.remaining - lot.reserved, open_amount);
    open_amount := open_amount - share;
    if reserving then
      update ledger.lots l set reserved = l.reserved + share
      where l.account_id = consume.account_id and l.seq = lot.seq;
      insert into ledger.lot_uses (account_id, seq, lot_seq, reserved)
      values (account_id, seq, lot.seq, share);
    else
      update ledger.lots l set remaining = l.remaining - share
      where l.account_id = consume.account_id and l.seq = lot.seq;
      insert into ledger.lot_uses (account_id, seq, lot_seq, taken)
      values (account_id, seq, lot.seq, share);
    end if;
  end loop;
  if open_amount > 0 then
    raise exception 'lots of account % hold % less than its active balance', account_id, open_amount
      using errcode = 'LP002';
  end if;
end $$;
