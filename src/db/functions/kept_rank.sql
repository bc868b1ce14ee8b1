-- As earned_rank, with the days of grace: the best of what was earned on any of them counts still.
create or replace function ledger.kept_rank(tier_group catalog.tier_groups, account_id bigint, day date)
returns int language sql stable as $$
  select max(ledger.earned_rank(tier_group, kept_rank.account_id, d.day))
  from (
    select kept_rank.day - tier_group.grace_days as day
    union
    select e.day from ledger.earnings e
    where e.account_id = kept_rank.account_id
      and e.day > kept_rank.day - tier_group.grace_days and e.day <= kept_rank.day
  ) d
$$;
