-- The points: accounts, postings, lots, holds. Written by ledger.post alone.
create schema ledger;

create domain ledger.points as numeric(30, 4);

create table ledger.members (
  member_id bigint generated always as identity primary key,
  program_id int not null references catalog.programs,
  profile_id text not null,
  registered_at timestamptz not null,
  removed_at timestamptz,
  removed_by uuid,
  written_by text not null,
  check ((removed_at is null) = (removed_by is null))
);

create unique index members_current on ledger.members (program_id, profile_id) where removed_at is null;
create index members_by_profile on ledger.members (profile_id);

-- One row per member and currency. active and lapsed are a cache that is right until changes_at:
-- from that moment on some lot has become active or has lapsed by itself, and the lots are read.
create table ledger.accounts (
  account_id bigint generated always as identity primary key,
  member_id bigint not null references ledger.members,
  program_id int not null,
  currency_iid int not null references catalog.currencies,
  balance ledger.points not null default 0,
  held ledger.points not null default 0 check (held >= 0),
  debt ledger.points not null default 0 check (debt >= 0),
  active ledger.points not null default 0,
  lapsed ledger.points not null default 0 check (lapsed >= 0),
  changes_at timestamptz not null default 'infinity',
  touched_at timestamptz not null default '-infinity',
  last_seq bigint not null default 0,
  closed_at timestamptz,
  unique (member_id, currency_iid),
  check (balance >= 0 or debt > 0),
  check (active >= 0 or debt > 0),
  check (active + held + lapsed <= balance)
);

create type ledger.posting_type as enum ('accrual', 'redeem', 'expire', 'reversal', 'settlement');

-- Immutable: a cancellation is a reversal that points back, the end of a hold a posting that settles it.
-- delta moves the balance; active_before and active_after are what the API shows.
create table ledger.postings (
  account_id bigint not null,
  seq bigint not null,
  transaction_id uuid not null,
  transaction_eid text,
  program_id int not null,
  type ledger.posting_type not null,
  amount ledger.points not null check (amount > 0 or type in ('reversal', 'settlement')),
  delta ledger.points not null,
  balance_after ledger.points not null,
  active_before ledger.points not null,
  active_after ledger.points not null,
  posted_at timestamptz not null,
  created_at timestamptz not null,
  is_temp boolean not null default false,
  settles_seq bigint,
  reverses_seq bigint,
  activates_at timestamptz,
  expires_at timestamptz,
  promotion_id int,
  promotion_eid text,
  description text not null default '',
  source_type text not null,
  source_iid bigint,
  source_sid text,
  source_subiid bigint,
  product_eid text,
  sku_eid text,
  external_data jsonb,
  written_by text not null,
  primary key (account_id, seq),
  unique (account_id, transaction_id),
  check (settles_seq < seq),
  check (reverses_seq < seq)
);

create index postings_by_transaction on ledger.postings (transaction_id);
create unique index postings_settle_once on ledger.postings (account_id, settles_seq)
  where settles_seq is not null;
create unique index postings_reverse_once on ledger.postings (account_id, reverses_seq)
  where reverses_seq is not null;

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'LP001';
end $$;

create trigger append_only before update or delete or truncate on ledger.postings
  for each statement execute function ledger.refuse_change();

-- Points earned together; seq is that of the accrual that made the lot.
create table ledger.lots (
  account_id bigint not null,
  seq bigint not null,
  amount ledger.points not null check (amount > 0),
  remaining ledger.points not null check (remaining between 0 and amount),
  reserved ledger.points not null default 0 check (reserved between 0 and remaining),
  activates_at timestamptz not null,
  expires_at timestamptz not null default 'infinity',
  has_free boolean not null generated always as (remaining > reserved) stored,
  primary key (account_id, seq)
);

create index lots_to_consume on ledger.lots (account_id, expires_at, activates_at, seq) where has_free;

-- What one posting did to one lot: remaining fell by taken, reserved grew by reserved.
create table ledger.lot_uses (
  account_id bigint not null,
  seq bigint not null,
  lot_seq bigint not null,
  taken ledger.points not null default 0,
  reserved ledger.points not null default 0,
  primary key (account_id, seq, lot_seq)
);

create index lot_uses_by_lot on ledger.lot_uses (account_id, lot_seq);

create trigger append_only before delete or truncate on ledger.lot_uses
  for each statement execute function ledger.refuse_change();

create type ledger.hold_state as enum ('open', 'committed', 'rolled_back', 'timed_out');

-- Temporary transactions. A row without seq is a tombstone: settled before it was ever posted.
create table ledger.holds (
  account_id bigint not null,
  transaction_id uuid not null,
  seq bigint,
  state ledger.hold_state not null,
  temp_until timestamptz,
  settled_at timestamptz,
  settled_seq bigint,
  committed_as uuid,
  canceled boolean not null default false,
  primary key (account_id, transaction_id),
  check ((state = 'open') = (settled_at is null)),
  check (seq is not null or state in ('rolled_back', 'timed_out'))
);

create index holds_open on ledger.holds (account_id, seq) where state = 'open';

-- Who has a transaction_eid, and a hash of what was asked with it (G-15).
create table ledger.keys (
  program_id int not null,
  transaction_eid text not null,
  transaction_id uuid not null,
  request_hash text not null,
  primary key (program_id, transaction_eid)
);

create index keys_by_eid on ledger.keys (transaction_eid);

-- One element of what ledger.post is given; index is its place there, from 1.
create type ledger.operation as (
  index int,
  verb text,
  transaction_id uuid,
  transaction_eid text,
  request_hash text,
  program_id int,
  profile_id text,
  member_id bigint,
  currency_iid int,
  amount ledger.points,
  not_after timestamptz,
  temp_until timestamptz,
  target_id uuid,
  wish text,
  created_at timestamptz,
  activates_at timestamptz,
  expires_at timestamptz,
  promotion_id int,
  promotion_eid text,
  description text,
  source_type text,
  source_iid bigint,
  source_sid text,
  source_subiid bigint,
  product_eid text,
  sku_eid text,
  external_data jsonb
);

-- A verb takes an account and answers the account as it is afterwards, and the outcome.
create type ledger.step as (account ledger.accounts, outcome jsonb);
