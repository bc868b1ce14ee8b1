-- Who was deleted is erased from files of exports, too. A part knows of the deletions that its snapshot sees;
-- it was taken before the file was begun.
create table exports.erasures (
  account_id bigint primary key,
  turn xid8 not null default pg_current_xact_id()
);

alter table exports.tasks add snapshot pg_snapshot not null default pg_current_snapshot();
alter table exports.parts
  add snapshot pg_snapshot not null default pg_current_snapshot(),
  add first_account_id bigint not null default 0;
