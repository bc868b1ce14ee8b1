-- A universal code is counted on with each use: its row is rewritten in place only if no index looks at a
-- column that changes, and a condition on holders and uses does.
alter table codes.codes add column is_free boolean not null
  generated always as (not is_multi_use and holders = 0 and uses = 0) stored;
drop index codes.codes_free;
create index codes_free on codes.codes (pool_id, expires_at, code_id) where is_free;
alter table codes.codes set (fillfactor = 90);
