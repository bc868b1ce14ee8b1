-- Events are deleted after a while: all up to (turn, event_id), of which the last happened at happened_at.
create table feed.deleted (
  is_only boolean primary key default true check (is_only),
  turn xid8 not null,
  event_id bigint not null,
  happened_at timestamptz not null
);

-- Events up to then were deleted before they had arrived.
alter table feed.webhooks add missed_until timestamptz;
