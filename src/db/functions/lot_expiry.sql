-- When points of a currency lapse: the last second of the day its period ends on, in the program's time zone
-- (month ends are clamped), or infinity.
create or replace function ledger.lot_expiry(
  currency_iid int, accrued_at timestamptz, activates_at timestamptz
)
returns timestamptz language plpgsql stable as $$
declare
  currency catalog.currencies;
  zone text;
  starts timestamptz;
begin
  select c.* into currency from catalog.currencies c where c.iid = lot_expiry.currency_iid;
  if currency.expiration_n is null then
    return 'infinity';
  end if;
  select timezone into zone from catalog.programs where id = currency.program_id;
  starts := case currency.expiration_from when 'accrual' then accrued_at else activates_at end;
  return (
    (
      (starts at time zone zone)::date
      + currency.expiration_n * ('1 ' || currency.expiration_unit)::interval
    )::date
    + time '23:59:59'
  ) at time zone zone;
end $$;
