-- Who becomes a member without being registered: nobody, all profiles of the database, or those in a segment.
alter table catalog.programs
  add column participation text not null default 'manual'
    check (participation in ('manual', 'all', 'segment')),
  add column segment_id int references catalog.segments,
  add check (participation <> 'segment' or segment_id is not null);

-- A registration that does nothing for whoever is a member or ever was one.
alter type ledger.operation add attribute only_first boolean;

-- Profiles that were written and may have to become members: noted in the transaction that wrote them, and
-- forgotten when they were considered. turn tells one writing from the next.
create table directory.unconsidered (
  database_id int not null references catalog.databases,
  profile_id text not null references directory.profiles on delete cascade,
  turn xid8 not null default pg_current_xact_id(),
  primary key (database_id, profile_id)
);

create index unconsidered_by_profile on directory.unconsidered (profile_id);

-- The settings of a program for which every profile of its database has been considered.
create table directory.sweeps (
  program_id int primary key references catalog.programs on delete cascade,
  rule text not null,
  swept_at timestamptz not null
);
