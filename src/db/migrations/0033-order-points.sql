-- What the statuses of orders do to their points.
alter table catalog.programs
  add column order_points jsonb check (jsonb_typeof(order_points) = 'object');

-- Orders whose points are to be looked at, noted in the transaction that changed a status (settled_at is
-- null), and what came of it. refused: the transactions that could not be cancelled, each with the reason.
create table market.order_points (
  order_id int primary key references market.orders,
  noted_at timestamptz not null default now(),
  settled_at timestamptz,
  is_canceled boolean not null default false,
  refused jsonb not null default '[]'
);

create index order_points_unsettled on market.order_points (noted_at) where settled_at is null;

-- Activations are bookkeeping, as settlements are: an accrual that waited is shown with the dates it got.
create or replace view ledger.history as
select
  p.account_id, p.seq, p.transaction_id, p.transaction_eid, p.created_at, p.type as transaction_type,
  p.amount, p.active_before as balance_before, p.active_after as balance_after,
  p.promotion_id as promo_iid, p.promotion_eid as promo_eid, p.description,
  coalesce(w.activates_at, p.activates_at) as activation_date,
  coalesce(w.expires_at, p.expires_at) as expiration_date,
  p.source_type, p.source_iid, p.source_sid, p.source_subiid,
  coalesce(h.state <> 'committed', false) as is_temp, h.state as temp_state,
  p.external_data, p.product_eid, p.sku_eid,
  coalesce(h.canceled, false) or exists (
    select from ledger.postings r where r.account_id = p.account_id and r.reverses_seq = p.seq
  ) as canceled
from ledger.postings p
left join ledger.holds h on p.is_temp and h.account_id = p.account_id and h.transaction_id = p.transaction_id
left join ledger.postings w
  on p.waiting is not null and w.account_id = p.account_id and w.activates_seq = p.seq
where p.type not in ('settlement', 'activation')
  and (h.state is null or h.state <> 'committed' or p.type = 'redeem');
