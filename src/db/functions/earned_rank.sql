-- The order of the highest tier that was earned as of the end of a day, or -1. Points count for ever
-- (cumulative), or for a period after their day, month ends clamped (rolling), or in their own calendar
-- period and the one after it.
create or replace function ledger.earned_rank(tier_group catalog.tier_groups, account_id bigint, day date)
returns int language plpgsql stable as $$
declare
  length interval := ledger.period_length(tier_group);
  this_period date;
  last_period date;
begin
  if tier_group.type = 'cumulative' then
    return ledger.tier_rank(tier_group.id, (
      select a.earned from ledger.accounts a where a.account_id = earned_rank.account_id
    ));
  elsif tier_group.period_kind = 'rolling' then
    return ledger.tier_rank(tier_group.id, (
      select sum(e.amount) from ledger.earnings e
      where e.account_id = earned_rank.account_id
        and e.day between earned_rank.day - length and earned_rank.day and e.day + length >= earned_rank.day
    ));
  end if;
  this_period := ledger.period_start(tier_group, day);
  last_period := this_period - length;
  return (
    select greatest(
      ledger.tier_rank(tier_group.id, sum(e.amount) filter (where e.day >= this_period)),
      ledger.tier_rank(tier_group.id, sum(e.amount) filter (where e.day < this_period))
    )
    from ledger.earnings e
    where e.account_id = earned_rank.account_id and e.day between last_period and earned_rank.day
  );
end $$;
