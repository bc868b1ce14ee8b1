-- The day on which what was decided on a day is decided anew: at the next end of a calendar period and its
-- grace, or a rolling period later.
create or replace function ledger.period_after(tier_group catalog.tier_groups, day date)
returns date language sql immutable as $$
  select case tier_group.period_kind
    when 'rolling' then (day + ledger.period_length(tier_group))::date
    else
      (ledger.period_start(tier_group, day - tier_group.grace_days) + ledger.period_length(tier_group))::date
        + tier_group.grace_days
  end
$$;
