-- What promotions would have done for past orders: what was asked for, how far it has come, the report.
-- report: text as it is answered, so that its keys keep their order.
create table market.simulations (
  simulation_id uuid primary key,
  program_id int not null references catalog.programs,
  promotion_id int not null references catalog.promotions on delete cascade,
  options jsonb not null,
  requested_at timestamptz not null,
  requested_by text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  orders_total int,
  orders_read int not null default 0,
  report json,
  problem text,
  ended_at timestamptz,
  check ((state in ('done', 'failed')) = (ended_at is not null)),
  check ((state = 'done') = (report is not null)),
  check ((state = 'failed') = (problem is not null))
);

create index simulations_of_promotion on market.simulations (promotion_id, simulation_id);

-- Wishes to pay with points as they came with a confirmed order; its answer tells what became of them.
alter table market.orders add column points_asked jsonb not null default '[]';

-- The last so many orders, and pages of orders in the order of time.
create index orders_in_time on market.orders (create_time, id) where deleted_at is null;

-- What promotions did for the orders of a day.
create index order_promotions_by_time on market.order_promotions (applied_at);
