-- Points of one lot have become free: they count as active, as lapsed, or not yet,
-- depending on the lot's dates.
create or replace function ledger.free_up(
  account ledger.accounts, amount ledger.points,
  activates_at timestamptz, expires_at timestamptz, at timestamptz
)
returns ledger.accounts language plpgsql immutable as $$
begin
  if expires_at <= at then
    account.lapsed := account.lapsed + amount;
  elsif activates_at <= at then
    account.active := account.active + amount;
    account.changes_at := least(account.changes_at, expires_at);
  else
    account.changes_at := least(account.changes_at, activates_at, expires_at);
  end if;
  return account;
end $$;
