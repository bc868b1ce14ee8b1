-- Members are told before their points lapse, so many days before as the currency says. A lot that was told
-- is not looked at again; whether a day was told for an account is seen from the lots of that day.
alter table catalog.currencies add expiring_soon_days int check (expiring_soon_days between 1 and 366);

alter table ledger.lots add told boolean not null default false;

create index lots_to_tell on ledger.lots (program_id, expires_at)
  where has_free and not told and expires_at < 'infinity';
