-- Reports read the ledger by time: the index holds what they need of a posting, so that they leave the table.
create index postings_by_time on ledger.postings (program_id, posted_at)
  include (account_id, type, amount, delta, is_temp);
create index postings_settling on ledger.postings (program_id, posted_at)
  include (account_id, settles_seq, amount, delta) where type = 'settlement';
-- The few by which points that had lapsed may have come or gone (src/db/queries/reports.ts).
create index postings_around_lapse on ledger.postings (program_id, posted_at) where
  expires_at < posted_at
  or type = 'reversal' and active_after - active_before <> delta
  or type = 'settlement' and delta = 0 and active_after - active_before <> amount;
-- An index answers alone only for pages that were vacuumed since: early, because rows are added all the time.
alter table ledger.postings set (autovacuum_vacuum_insert_scale_factor = 0.02);

-- Of a posting, the free text of the caller may be erased; nothing else of it ever changes.
create function ledger.refuse_unless_erased() returns trigger language plpgsql as $$
begin
  old.external_data := null;
  old.description := '';
  if new is distinct from old then
    raise exception 'ledger.% is append-only', tg_table_name using errcode = 'LP001';
  end if;
  return new;
end $$;

drop trigger append_only on ledger.postings;
create trigger append_only before delete or truncate on ledger.postings
  for each statement execute function ledger.refuse_change();
create trigger append_only_rows before update on ledger.postings
  for each row execute function ledger.refuse_unless_erased();
