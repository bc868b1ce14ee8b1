-- Points in. A temporary accrual writes its row alone: the lot is made when it is committed. What waits has a
-- lot that becomes active when `activate` says so. A tier that was reached elsewhere counts as reached
-- before, so that it is not rewarded.
create or replace function ledger.accrue(
  account ledger.accounts, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  p ledger.postings := ledger.draft(account, op, 'accrual', at, origin);
begin
  if op.temp_until is not null then
    return ledger.open_hold(account, p, op.temp_until);
  end if;
  p.activates_at := case when op.waiting is null then coalesce(
    op.activates_at, ledger.lot_activation(account.currency_iid, op.source_type, at)
  ) else 'infinity' end;
  p.expires_at := coalesce(op.expires_at, ledger.lot_expiry(account.currency_iid, at, p.activates_at));
  if op.reached_tier_id is not null then
    insert into ledger.first_tiers (member_id, tier_id, reached_at)
    select account.member_id, t.id, at
    from catalog.tiers r join catalog.tiers t on t.group_id = r.group_id and t.tier_order <= r.tier_order
    where r.id = op.reached_tier_id order by t.tier_order
    on conflict do nothing;
  end if;
  account := ledger.add_lot(account, p.seq, p.amount, p.activates_at, p.expires_at, at);
  return ledger.enter(account, p);
end $$;
