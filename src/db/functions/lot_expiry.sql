-- When points of a currency lapse, by its settings: the last second of the day its period ends on or of its
-- fixed day, in the program's time zone, or infinity; also where it is counted from an activation that nobody
-- knows yet. Month ends are clamped, and 29 February to the 28th.
create or replace function ledger.lot_expiry(
  currency_iid int, accrued_at timestamptz, activates_at timestamptz
)
returns timestamptz language plpgsql stable as $$
declare
  currency catalog.currencies;
  zone text;
  starts date;
  ends date;
begin
  select c.* into currency from catalog.currencies c where c.iid = lot_expiry.currency_iid;
  if currency.expiration_n is null and currency.expires_on is null then
    return 'infinity';
  end if;
  select timezone into zone from catalog.programs where id = currency.program_id;
  starts := (
    (case currency.expiration_from when 'accrual' then accrued_at else activates_at end) at time zone zone
  )::date;
  if starts = 'infinity' and (currency.expiration_n is not null or length(currency.expires_on) < 10) then
    return 'infinity';
  elsif currency.expiration_n is not null then
    ends := starts + currency.expiration_n * ('1 ' || currency.expiration_unit)::interval;
  elsif length(currency.expires_on) = 10 then
    ends := currency.expires_on::date;
  else
    ends := ledger.next_day(currency.expires_on, starts);
  end if;
  return (ends + time '23:59:59') at time zone zone;
end $$;
