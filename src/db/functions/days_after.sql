-- The same time of day, so many days later, in a time zone.
create or replace function ledger.days_after(at timestamptz, days int, zone text)
returns timestamptz language sql stable strict as $$
  select (at at time zone zone + make_interval(days => days)) at time zone zone
$$;
