-- The posting that writes off what is free of a lapsed lot; the promotion is the one that gave the points.
create or replace function ledger.expire_lot(
  account ledger.accounts, lot ledger.lots, at timestamptz, origin text
)
returns ledger.accounts language plpgsql as $$
declare
  accrual ledger.postings;
  op ledger.operation;
  p ledger.postings;
begin
  select q.* into strict accrual from ledger.postings q
  where q.account_id = lot.account_id and q.seq = lot.seq;
  op.transaction_id := uuidv7();
  op.amount := lot.remaining - lot.reserved;
  op.source_type := 'system';
  op.source_sid := 'expiry';
  op.activates_at := lot.activates_at;
  op.expires_at := lot.expires_at;
  op.promotion_id := accrual.promotion_id;
  op.promotion_eid := accrual.promotion_eid;
  op.description := accrual.description;
  p := ledger.draft(account, op, 'expire', at, origin);
  update ledger.lots l set remaining = l.remaining - op.amount
  where l.account_id = lot.account_id and l.seq = lot.seq;
  insert into ledger.lot_uses (account_id, seq, lot_seq, taken)
  values (lot.account_id, p.seq, lot.seq, op.amount);
  account.lapsed := account.lapsed - op.amount;
  account.balance := account.balance - op.amount;
  return (ledger.enter(account, p)).account;
end $$;
