-- The next day of the year (MM-DD) that is not before `starts`; a day its month does not have is the month's
-- last.
create or replace function ledger.next_day(month_and_day text, starts date)
returns date language sql immutable as $$
  select min(day)::date
  from (
    select least(
      make_date(year, left(month_and_day, 2)::int, 1) + right(month_and_day, 2)::int - 1,
      (make_date(year, left(month_and_day, 2)::int, 1) + interval '1 month - 1 day')::date
    ) as day
    from generate_series(extract(year from starts)::int, extract(year from starts)::int + 1) year
  ) days
  where day >= starts
$$;
