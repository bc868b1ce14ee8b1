-- A text that no spreadsheet takes for a formula: one that could be gets an apostrophe before it.
create or replace function exports.csv_text(value text)
returns text language sql immutable parallel safe as $$
  select case
    when ascii(value) in (9, 10, 13, 43, 45, 61, 64, 65291, 65293, 65309, 65312)
      and value !~ '^[+-]?\d+(\.\d+)?$' then '''' || value
    else value
  end
$$;
