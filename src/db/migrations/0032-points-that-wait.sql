-- Points that wait until somebody says that they become active. Their lot is active at infinity; what to
-- work out its dates from then is in `waiting`, and the posting that says so points back.
alter type ledger.posting_type add value 'activation';

alter table ledger.postings
  add column waiting jsonb,
  add column activates_seq bigint,
  add check (activates_seq < seq);

create unique index postings_activate_once on ledger.postings (account_id, activates_seq)
  where activates_seq is not null;
create index postings_of_orders on ledger.postings (source_iid) where source_type = 'order';
create index lots_waiting on ledger.lots (program_id, account_id, seq) where activates_at = 'infinity';

alter type ledger.operation add attribute waiting jsonb;
