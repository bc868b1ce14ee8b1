-- Points out, or reserved by a temporary redemption: never more than are active.
create or replace function ledger.redeem(
  account ledger.accounts, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  p ledger.postings := ledger.draft(account, op, 'redeem', at, origin);
begin
  if account.active < op.amount then
    return ledger.refuse(account, 'insufficient_points');
  end if;
  perform ledger.consume(account.account_id, p.seq, op.amount, at, reserving => op.temp_until is not null);
  account.active := account.active - op.amount;
  if op.temp_until is not null then
    account.held := account.held + op.amount;
    return ledger.open_hold(account, p, op.temp_until);
  end if;
  account.balance := account.balance - op.amount;
  return ledger.enter(account, p);
end $$;
