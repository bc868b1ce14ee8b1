-- The next posting of an account, not yet entered. Until then balance_after holds the balance before.
create or replace function ledger.draft(
  account ledger.accounts, op ledger.operation, type ledger.posting_type, at timestamptz, origin text
)
returns ledger.postings language plpgsql as $$
declare
  p ledger.postings;
begin
  p.account_id := account.account_id;
  p.seq := account.last_seq + 1;
  p.transaction_id := op.transaction_id;
  p.transaction_eid := op.transaction_eid;
  p.program_id := account.program_id;
  p.type := draft.type;
  p.amount := op.amount;
  p.balance_after := account.balance;
  p.active_before := account.active;
  p.posted_at := at;
  p.created_at := coalesce(op.created_at, at);
  p.is_temp := op.temp_until is not null;
  p.activates_at := op.activates_at;
  p.expires_at := op.expires_at;
  p.promotion_id := op.promotion_id;
  p.promotion_eid := op.promotion_eid;
  p.description := coalesce(op.description, '');
  p.source_type := op.source_type;
  p.source_iid := op.source_iid;
  p.source_sid := op.source_sid;
  p.source_subiid := op.source_subiid;
  p.product_eid := op.product_eid;
  p.sku_eid := op.sku_eid;
  p.external_data := op.external_data;
  p.waiting := op.waiting;
  p.written_by := origin;
  return p;
end $$;
