-- The first day after a day on which a tier of a periodic group could be lost, if nothing else happens; null
-- if none.
create or replace function ledger.next_review(
  tier_group catalog.tier_groups, account_id bigint, day date, floor_until date
)
returns date language plpgsql stable as $$
declare
  length interval := ledger.period_length(tier_group);
  grace int := tier_group.grace_days;
begin
  if tier_group.period_kind = 'calendar' then
    return ledger.period_after(tier_group, day);
  end if;
  return least(
    (
      select (e.day + length)::date + 1 + grace from ledger.earnings e
      where e.account_id = next_review.account_id and e.amount <> 0
        and e.day >= next_review.day - grace - 1 - length
        and (e.day + length)::date + 1 + grace > next_review.day
      order by e.day limit 1
    ),
    case when floor_until > day then floor_until end
  );
end $$;
