-- The first day of the calendar period that a day lies in. Periods are counted from the first day of 2001, a
-- Monday: so one year is a calendar year, three months a quarter and seven days a week.
create or replace function ledger.period_start(tier_group catalog.tier_groups, day date)
returns date language plpgsql immutable as $$
declare
  origin constant date := '2001-01-01';
  n int := tier_group.period_n * case tier_group.period_unit when 'year' then 12 else 1 end;
  passed int := case tier_group.period_unit
    when 'day' then day - origin
    else (extract(year from day)::int - 2001) * 12 + extract(month from day)::int - 1
  end;
  start int := floor(passed::numeric / n)::int * n;
begin
  return case tier_group.period_unit
    when 'day' then origin + start
    else origin + make_interval(months => start)
  end;
end $$;
