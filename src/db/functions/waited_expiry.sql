-- When points lapse that waited until `at`: as was fixed when they were accrued, else by what their promotion
-- or their currency counts from activation; at once where that would be in the past.
create or replace function ledger.waited_expiry(
  lot ledger.lots, p ledger.postings, at timestamptz, activates_at timestamptz, zone text
)
returns timestamptz language plpgsql stable as $$
declare
  currency catalog.currencies;
begin
  if lot.expires_at < 'infinity' then
    return lot.expires_at;
  elsif p.waiting -> 'expiration' is not null then
    return ledger.end_of_life(activates_at, p.waiting -> 'expiration', zone);
  end if;
  select c.* into currency
  from catalog.currencies c join ledger.accounts a on a.currency_iid = c.iid
  where a.account_id = lot.account_id;
  if currency.expiration_from = 'accrual' then
    return 'infinity';
  end if;
  return greatest(at, ledger.lot_expiry(currency.iid, p.posted_at, activates_at));
end $$;
