-- Opens the accounts that operations need and that do not exist yet (a currency newer than the membership).
-- First it locks, in one sorted pass, the members this depends on and those to be removed, so that a removal
-- at the same time comes before or after, never between. Not `for update`: checks of foreign keys, which come
-- when accounts are locked already, must not wait for it.
create or replace function ledger.open_accounts(ops ledger.operation[])
returns void language plpgsql as $$
declare
  missing ledger.operation[] := ledger.missing_accounts(ops);
begin
  perform from ledger.members m
  where m.member_id in (
    select o.member_id from unnest(missing) o
    union all
    select o.member_id from unnest(ops) o where o.verb = 'remove'
  )
  order by m.member_id for no key update;
  insert into ledger.accounts (member_id, program_id, currency_iid)
  select distinct m.member_id, m.program_id, o.currency_iid
  from unnest(missing) o
  join ledger.members m on m.member_id = o.member_id and m.removed_at is null
  order by m.member_id, o.currency_iid
  on conflict do nothing;
end $$;
