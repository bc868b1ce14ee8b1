-- Exports of transactions: what was asked for, and the parts of its file that are written.
create schema exports;

create type exports.state as enum ('queued', 'running', 'done', 'failed');

create table exports.tasks (
  task_id uuid primary key,
  program_id int not null references catalog.programs,
  currency_iid int not null references catalog.currencies,
  date_from timestamptz not null,
  date_to timestamptz not null,
  after_account_id bigint not null,
  after_seq bigint not null,
  requested_at timestamptz not null,
  requested_by text not null,
  state exports.state not null default 'queued',
  rows_total bigint,
  expires_at timestamptz,
  problem text,
  check ((state = 'done') = (expires_at is not null)),
  check ((state = 'failed') = (problem is not null))
);

-- One stretch of whole accounts each, in order; a part is recorded when it has been written.
create table exports.parts (
  task_id uuid not null references exports.tasks on delete cascade,
  part int not null,
  file text not null,
  rows bigint not null,
  bytes bigint not null,
  last_account_id bigint not null,
  primary key (task_id, part)
);

create index accounts_by_currency on ledger.accounts (currency_iid, account_id);

-- What is shown of the postings. Settlements are bookkeeping; a committed temporary accrual is shown as the
-- full transaction it became.
create view ledger.history as
select
  p.account_id, p.seq, p.transaction_id, p.transaction_eid, p.created_at, p.type as transaction_type,
  p.amount, p.active_before as balance_before, p.active_after as balance_after,
  p.promotion_id as promo_iid, p.promotion_eid as promo_eid, p.description,
  p.activates_at as activation_date, p.expires_at as expiration_date,
  p.source_type, p.source_iid, p.source_sid, p.source_subiid,
  coalesce(h.state <> 'committed', false) as is_temp, h.state as temp_state,
  p.external_data, p.product_eid, p.sku_eid,
  coalesce(h.canceled, false) or exists (
    select from ledger.postings r where r.account_id = p.account_id and r.reverses_seq = p.seq
  ) as canceled
from ledger.postings p
left join ledger.holds h on p.is_temp and h.account_id = p.account_id and h.transaction_id = p.transaction_id
where p.type <> 'settlement' and (h.state is null or h.state <> 'committed' or p.type = 'redeem');
