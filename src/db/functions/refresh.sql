-- The account as it is at the moment `at`: lots become active and lapse by themselves.
-- Before changes_at the cached sums are the answer; from then on the lots are summed again.
create or replace function ledger.refresh(account ledger.accounts, at timestamptz)
returns ledger.accounts language plpgsql stable as $$
begin
  if at < account.changes_at then
    return account;
  end if;
  select
    coalesce(sum(remaining - reserved) filter (where activates_at <= at and expires_at > at), 0)
      - account.debt,
    coalesce(sum(remaining - reserved) filter (where expires_at <= at), 0),
    coalesce(
      least(
        min(activates_at) filter (where activates_at > at),
        min(expires_at) filter (where expires_at > at)
      ),
      'infinity'
    )
  into account.active, account.lapsed, account.changes_at
  from ledger.lots
  where account_id = account.account_id and has_free;
  return account;
end $$;
