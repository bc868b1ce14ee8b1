-- What happened, for others to hear of: one row per event, written in the transaction that did it.
create schema feed;

-- Read in the order of (turn, event_id), and only below the oldest transaction that is still under way:
-- what commits late then has its place still before the reader. A row names an account's posting, a member
-- or a profile, and readers look up the rest; data is for what is written nowhere else. Nothing is personal.
create table feed.events (
  turn xid8 not null default pg_current_xact_id(),
  event_id bigint generated always as identity,
  type text not null,
  happened_at timestamptz not null,
  database_id int,
  program_id int,
  profile_id text,
  member_id bigint,
  account_id bigint,
  seq bigint,
  data jsonb,
  primary key (turn, event_id),
  check (num_nonnulls(database_id, program_id) = 1),
  check (num_nonnulls(profile_id, member_id, account_id) = 1),
  check ((account_id is null) = (seq is null))
);

create trigger append_only before update on feed.events
  for each statement execute function ledger.refuse_change();

-- The turn of the account's latest event: the next one's is never lower, so that the events of an account
-- are read in the order of its postings, although an older transaction may have got hold of it later.
alter table ledger.accounts add column last_turn xid8 not null default '0';
