-- RFC 3339 in UTC, as the API writes times; infinity is null.
create or replace function exports.csv_time(moment timestamptz)
returns text language sql stable parallel safe as $$
  select case when isfinite(moment) then replace((moment at time zone 'UTC')::text, ' ', 'T') || 'Z' end
$$;
