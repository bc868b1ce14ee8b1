-- Pools whose codes come from somewhere else: asked by POST JSON when one is wanted and none is free.
alter table codes.pools
  add column remote_url text,
  add column remote_count int not null default 100 check (remote_count > 0);

create or replace trigger announce after insert or delete or truncate or update of
    external_id, name, description, is_active, issue_from, issue_to, lifetime_n, lifetime_unit, template,
    max_codes, max_uses, max_uses_per_profile, remote_url, remote_count
  on codes.pools for each statement execute function catalog.announce_change();
