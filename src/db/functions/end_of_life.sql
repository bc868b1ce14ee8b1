-- The last second of the day on which a life ({"n", "unit"}) ends that began at a moment, in a time zone;
-- null for none. Month ends are clamped.
create or replace function ledger.end_of_life(since timestamptz, life jsonb, zone text)
returns timestamptz language sql stable strict as $$
  select (
    (since at time zone zone)::date + (life ->> 'n')::int * ('1 ' || (life ->> 'unit'))::interval
      + time '23:59:59'
  ) at time zone zone
$$;
