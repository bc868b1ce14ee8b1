-- What a promotion has given so far, by the orders it applied to: points of a currency, or money (null).
create or replace function market.granted(promotion int, currency int) returns numeric
language sql stable as $$
  select coalesce(sum(
    case when currency is null then o.discount_amount else (o.accrued ->> currency::text)::numeric end
  ), 0)
  from market.order_promotions o where o.promotion_id = promotion
$$;
