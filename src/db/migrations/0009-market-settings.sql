-- What operators set up before there are goods and orders, which name it by these external ids.
create schema market;

create table market.channels (
  external_id text primary key,
  database_id int not null references catalog.databases,
  name text not null,
  description text not null default '',
  tags text[] not null default '{}',
  type text not null check (type in ('online', 'retail')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table market.touchpoints (
  external_id text primary key,
  channel text not null references market.channels,
  name text not null,
  description text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Money. scale: how many decimals its smallest unit has.
create table market.currencies (
  code text primary key check (code ~ '^[A-Z]{3}$'),
  name text not null,
  scale int not null default 2 check (scale between 0 and 4),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table market.regions (
  external_id text primary key,
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table market.order_statuses (
  external_id text primary key,
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table market.line_statuses (
  external_id text primary key,
  name text not null,
  type text not null check (type in ('delivered', 'canceled', 'refunded', 'in_process')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table market.custom_fields (
  entity_type text not null check (entity_type in ('product', 'sku', 'order', 'line_order')),
  external_id text not null,
  name text not null,
  value_type text not null check (value_type in ('unicode', 'int', 'float', 'bool', 'enum', 'date')),
  required boolean not null default false,
  default_value jsonb,
  enum_values jsonb check ((value_type = 'enum') = (enum_values is not null)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (entity_type, external_id)
);

insert into market.order_statuses (external_id, name) values
  ('new', 'New'), ('confirmed', 'Confirmed'), ('paid', 'Paid'), ('delivered', 'Delivered'),
  ('canceled', 'Canceled'), ('part_refunded', 'Partly refunded');

insert into market.line_statuses (external_id, name, type) values
  ('new', 'New', 'in_process'), ('processing', 'Processing', 'in_process'),
  ('delivering', 'Delivering', 'in_process'), ('delivered', 'Delivered', 'delivered'),
  ('refunded', 'Refunded', 'refunded'), ('canceled', 'Canceled', 'canceled');

create trigger announce after insert or update or delete or truncate on market.channels
  for each statement execute function catalog.announce_change();
create trigger announce after insert or update or delete or truncate on market.touchpoints
  for each statement execute function catalog.announce_change();
create trigger announce after insert or update or delete or truncate on market.currencies
  for each statement execute function catalog.announce_change();
create trigger announce after insert or update or delete or truncate on market.regions
  for each statement execute function catalog.announce_change();
create trigger announce after insert or update or delete or truncate on market.order_statuses
  for each statement execute function catalog.announce_change();
create trigger announce after insert or update or delete or truncate on market.line_statuses
  for each statement execute function catalog.announce_change();
create trigger announce after insert or update or delete or truncate on market.custom_fields
  for each statement execute function catalog.announce_change();
