-- The drafted posting that settles the hold opened by p.
create or replace function ledger.settlement(
  account ledger.accounts, p ledger.postings, op ledger.operation, at timestamptz, origin text
)
returns ledger.postings language plpgsql as $$
declare
  s ledger.postings;
begin
  op.transaction_id := uuidv7();
  op.amount := p.amount;
  op.source_type :=
    case op.wish when 'timeout' then 'system' else coalesce(op.source_type, p.source_type) end;
  op.source_sid := op.wish;
  s := ledger.draft(account, op, 'settlement', at, origin);
  s.settles_seq := p.seq;
  return s;
end $$;
