-- Points come in: a new lot under the accrual's number, which repays a debt first (G-9).
create or replace function ledger.add_lot(
  account ledger.accounts, seq bigint, amount ledger.points,
  activates_at timestamptz, expires_at timestamptz, at timestamptz
)
returns ledger.accounts language plpgsql as $$
begin
  insert into ledger.lots (account_id, program_id, seq, amount, remaining, activates_at, expires_at)
  values (
    account.account_id, account.program_id, add_lot.seq, add_lot.amount, add_lot.amount, add_lot.activates_at,
    add_lot.expires_at
  );
  account.balance := account.balance + amount;
  account := ledger.free_up(account, amount, activates_at, expires_at, at);
  return ledger.repay(account, seq, at);
end $$;
