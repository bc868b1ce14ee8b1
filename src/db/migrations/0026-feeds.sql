-- Feeds of goods: where they are fetched from and when; and each time one was imported.
create table market.feeds (
  external_id text primary key,
  name text not null,
  url text not null,
  entity_type text not null check (entity_type in ('product', 'sku')),
  mode text not null check (mode in ('add_and_update', 'add_only', 'update_only')),
  overwrite_categories boolean not null,
  params text not null check (params in ('ignore', 'store', 'create')),
  days text[] not null default '{}',
  time_of_day text check (time_of_day ~ '^([01]\d|2[0-3]):[0-5]\d$'),
  timezone text not null default 'UTC',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table market.feed_runs (
  id text primary key,
  -- The feed it is of, if it was not uploaded.
  feed text,
  source text not null,
  options jsonb not null,
  -- Where the file is kept while it is read.
  file text,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  problem text,
  -- What was read so far; a run that is taken over goes on behind these.
  offers int not null default 0,
  added int not null default 0,
  updated int not null default 0,
  unchanged int not null default 0,
  skipped int not null default 0,
  refused int not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);

-- position: of the offer in the feed, from 1; categories are below zero.
create table market.feed_refusals (
  run_id text not null references market.feed_runs on delete cascade,
  position int not null,
  external_id text not null,
  problem text not null,
  primary key (run_id, position)
);
