-- A committed temporary accrual becomes a new, full transaction with a lot, dates as requested (api.md 2.8).
create or replace function ledger.commit_accrual(
  account ledger.accounts, p ledger.postings, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  s ledger.postings := p;
begin
  s.seq := account.last_seq + 1;
  s.transaction_id := uuidv7();
  s.settles_seq := p.seq;
  s.is_temp := false;
  s.balance_after := account.balance;
  s.active_before := account.active;
  s.posted_at := at;
  s.activates_at := coalesce(p.activates_at, ledger.lot_activation(account.currency_iid, p.source_type, at));
  s.expires_at := coalesce(p.expires_at, ledger.lot_expiry(account.currency_iid, at, s.activates_at));
  s.written_by := origin;
  account := ledger.add_lot(account, s.seq, s.amount, s.activates_at, s.expires_at, at);
  return ledger.enter(account, s);
end $$;
