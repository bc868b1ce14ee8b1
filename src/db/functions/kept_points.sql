-- The most points that counted at once on a day of a periodic group or on one of its days of grace before. In
-- a calendar period of its own and in the one after it, a point counts with those of its period; else
-- (rolling) for one period, month ends clamped.
create or replace function ledger.kept_points(tier_group catalog.tier_groups, account_id bigint, day date)
returns ledger.points language plpgsql stable as $$
declare
  length interval := ledger.period_length(tier_group);
  first_day date := day - tier_group.grace_days;
  this_period date := ledger.period_start(tier_group, day);
  last_period date := this_period - length;
  first_period date := ledger.period_start(tier_group, first_day) - length;
begin
  if tier_group.period_kind = 'calendar' then
    return (
      select greatest(
        sum(e.amount) filter (where e.day >= this_period),
        sum(e.amount) filter (where e.day >= last_period and e.day < this_period),
        sum(e.amount) filter (where e.day < last_period)
      )
      from ledger.earnings e
      where e.account_id = kept_points.account_id and e.day between first_period and kept_points.day
    );
  end if;
  return (
    select max(d.points) from (
      select sum(sum(c.change)) over (order by c.day) as points
      from (
        select greatest(e.day, first_day) as day, e.amount as change from ledger.earnings e
        where e.account_id = kept_points.account_id and e.day between first_day - length and kept_points.day
          and e.day + length >= first_day
        union all
        select (e.day + length)::date + 1, -e.amount from ledger.earnings e
        where e.account_id = kept_points.account_id and e.day between first_day - length and kept_points.day
          and e.day + length >= first_day and (e.day + length)::date + 1 <= kept_points.day
      ) c
      group by c.day
    ) d
  );
end $$;
