-- The drafted posting that reverses p.
create or replace function ledger.reversal(
  account ledger.accounts, p ledger.postings, amount ledger.points,
  op ledger.operation, at timestamptz, origin text
)
returns ledger.postings language plpgsql as $$
declare
  r ledger.postings;
begin
  op.amount := reversal.amount;
  r := ledger.draft(account, op, 'reversal', at, origin);
  r.reverses_seq := p.seq;
  r.promotion_id := p.promotion_id;
  r.promotion_eid := p.promotion_eid;
  return r;
end $$;
