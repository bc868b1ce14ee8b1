-- Uses are counted from the orders that promotions applied to, in the currency that the budget is in now.

-- What of points_accrued is in which currency: amounts by iid.
alter table market.order_promotions add column accrued jsonb not null default '{}';

update market.order_promotions d set accrued = p.accrued
from (
  select order_id, promotion_id, jsonb_object_agg(currency_iid, amount) as accrued
  from (
    select p.source_iid as order_id, p.promotion_id, a.currency_iid, trim_scale(sum(p.amount)) as amount
    from ledger.postings p join ledger.accounts a on a.account_id = p.account_id
    where p.source_type = 'order' and p.type = 'accrual'
    group by 1, 2, 3
  ) sums
  group by 1, 2
) p
where p.order_id = d.order_id and p.promotion_id = d.promotion_id;

-- A row is there as long as every order counts; where there is none, the next order that counts sums up.
-- currency_iid: what granted is in; null: money.
alter table market.promotion_uses add column currency_iid int;
delete from market.promotion_uses;
