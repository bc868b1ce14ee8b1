-- Segments of goods: static ones are lists, updatable ones what met a condition when they were calculated.
create table market.segments (
  external_id text primary key,
  name text not null,
  description text not null default '',
  entity_type text not null check (entity_type in ('product', 'sku')),
  type text not null check (type in ('static', 'updatable')),
  condition jsonb check ((type = 'updatable') = (condition is not null)),
  -- At most so many, those that are there longest.
  most int check (most > 0),
  -- When it is calculated by itself; never, if no time is given.
  days text[] not null default '{}',
  time_of_day text check (time_of_day ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  timezone text not null default 'UTC',
  active_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- When an updatable segment was calculated last.
create table market.segment_runs (
  segment text primary key references market.segments on delete cascade,
  calculated_at timestamptz not null,
  looked_at int not null,
  size int not null
);

create table market.segment_goods (
  segment text not null references market.segments on delete cascade,
  goods_id int not null references market.goods,
  primary key (segment, goods_id)
);

create index segment_goods_of_goods on market.segment_goods (goods_id);

create trigger announce after insert or update or delete or truncate on market.segments
  for each statement execute function catalog.announce_change();
