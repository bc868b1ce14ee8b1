-- The same time of day after a delay ({"n", "unit"}), in a time zone; null for none. Month ends are clamped.
create or replace function ledger.delayed(at timestamptz, delay jsonb, zone text)
returns timestamptz language sql stable strict as $$
  select (
    (at at time zone zone) + (delay ->> 'n')::int * ('1 ' || (delay ->> 'unit'))::interval
  ) at time zone zone
$$;
