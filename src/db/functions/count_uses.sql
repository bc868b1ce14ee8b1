-- Counts that an order uses promotions, each at most as often and as far as its limits go; false: somebody
-- was faster to one of them. Those without limits are not counted, so that orders do not wait for each other;
-- whoever counts first afterwards waits for the orders that are under way, and sums up.
-- Everybody takes the promotions in order of id.
create or replace function market.count_uses(fired jsonb) returns boolean language plpgsql as $$
declare
  f record;
  u market.promotion_uses;
begin
  for f in
    select * from jsonb_to_recordset(fired) as given(
      promotion_id int, is_limited boolean, granted numeric, currency_iid int, total_uses int, budget numeric
    )
    order by promotion_id
  loop
    if not f.is_limited then
      perform pg_advisory_xact_lock_shared(hashtextextended('uses of promotion ' || f.promotion_id, 0));
      delete from market.promotion_uses where promotion_id = f.promotion_id;
      continue;
    end if;
    select * into u from market.promotion_uses where promotion_id = f.promotion_id for update;
    if not found then
      perform pg_advisory_xact_lock(hashtextextended('uses of promotion ' || f.promotion_id, 0));
      insert into market.promotion_uses (promotion_id, uses, granted, currency_iid)
      select f.promotion_id, count(*), market.granted(f.promotion_id, f.currency_iid), f.currency_iid
      from market.order_promotions o where o.promotion_id = f.promotion_id
      on conflict do nothing;
      select * into u from market.promotion_uses where promotion_id = f.promotion_id for update;
    end if;
    if u.currency_iid is distinct from f.currency_iid then
      u.granted := market.granted(f.promotion_id, f.currency_iid);
    end if;
    if u.uses >= f.total_uses or u.granted + f.granted > f.budget then
      return false;
    end if;
    update market.promotion_uses
    set uses = u.uses + 1, granted = u.granted + f.granted, currency_iid = f.currency_iid
    where promotion_id = f.promotion_id;
  end loop;
  return true;
end $$;
