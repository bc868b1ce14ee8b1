-- When points become active that nobody gave a date: at once when the API accrued them, else after the delay
-- of their currency, at the same time of day in the program's time zone (spec/domain.md 3).
create or replace function ledger.lot_activation(currency_iid int, source_type text, at timestamptz)
returns timestamptz language plpgsql stable as $$
declare
  activates_at timestamptz;
begin
  if source_type = 'api' then
    return at;
  end if;
  select
    ((at at time zone p.timezone) + c.activation_n * ('1 ' || c.activation_unit)::interval)
    at time zone p.timezone
  into activates_at
  from catalog.currencies c join catalog.programs p on p.id = c.program_id
  where c.iid = lot_activation.currency_iid;
  return coalesce(activates_at, at);
end $$;
