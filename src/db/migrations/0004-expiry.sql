-- Points lapse on a fixed day, or become active later; and lots can be found by when they are due.
alter table catalog.currencies
  add expires_on text check (expires_on ~ '^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$'),
  add activation_n int check (activation_n > 0),
  add activation_unit text check (activation_unit in ('day', 'month', 'year')),
  add check (expires_on is null or expiration_n is null),
  add check (num_nonnulls(activation_n, activation_unit) in (0, 2));

alter table ledger.lots add program_id int;
update ledger.lots l set program_id = a.program_id from ledger.accounts a where a.account_id = l.account_id;
alter table ledger.lots alter program_id set not null;

create index lots_due on ledger.lots (program_id, expires_at) where has_free and expires_at < 'infinity';
