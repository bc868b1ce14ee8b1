-- Imports of members and their points from files: what was asked for, how far it has come, what was refused.
create schema imports;

create type imports.state as enum ('queued', 'checking', 'running', 'done', 'failed');

-- Of the file, the lines up to last_line are done with.
create table imports.tasks (
  import_id uuid primary key,
  program_id int not null references catalog.programs,
  file text not null,
  file_name text not null,
  matching text,
  field_name text,
  create_profiles boolean not null,
  grant_initial_balance boolean not null,
  dry_run boolean not null,
  batch text not null,
  requested_at timestamptz not null,
  requested_by text not null,
  state imports.state not null default 'queued',
  rows_total bigint,
  last_line bigint not null default 0,
  rows_done bigint not null default 0,
  refused bigint not null default 0,
  repeated bigint not null default 0,
  members_added bigint not null default 0,
  ignored_columns text[] not null default '{}',
  ended_at timestamptz,
  expires_at timestamptz,
  problem text,
  check ((state in ('done', 'failed')) = (ended_at is not null)),
  check ((state = 'failed') = (problem is not null))
);

create index tasks_by_program on imports.tasks (program_id);

create table imports.refusals (
  import_id uuid not null references imports.tasks on delete cascade,
  line bigint not null,
  field text not null,
  reason text not null,
  primary key (import_id, line)
);

-- The points of an import, by currency.
create table imports.totals (
  import_id uuid not null references imports.tasks on delete cascade,
  currency_iid int not null references catalog.currencies,
  lots bigint not null,
  points numeric not null,
  primary key (import_id, currency_iid)
);

-- How often a row of the same content has come in the file so far; for as long as it is read.
create table imports.contents (
  import_id uuid not null references imports.tasks on delete cascade,
  digest bytea not null,
  times int not null,
  primary key (import_id, digest)
);

-- A member who comes with balances of elsewhere is not greeted with another.
alter type ledger.operation add attribute without_initial_balance boolean;
