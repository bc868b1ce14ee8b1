-- Opens the accounts that operations need and that do not exist yet (a currency newer than the membership).
-- First it locks, in one sorted pass, the members this depends on and those to be removed, so that a removal
-- at the same time comes before or after, never between.
create or replace function ledger.open_accounts(ops ledger.operation[])
returns void language plpgsql as $$
declare
  missing ledger.operation[] := array(
    select o from unnest(ops) o
    where o.verb in ('accrue', 'redeem', 'cancel', 'settle') and not exists (
      select from ledger.accounts a where a.member_id = o.member_id and a.currency_iid = o.currency_iid
    )
  );
begin
  perform from ledger.members m
  where m.member_id in (
    select o.member_id from unnest(missing) o
    union all
    select o.member_id from unnest(ops) o where o.verb = 'remove'
  )
  order by m.member_id for update;
  insert into ledger.accounts (member_id, program_id, currency_iid)
  select distinct m.member_id, m.program_id, o.currency_iid
  from unnest(missing) o
  join ledger.members m on m.member_id = o.member_id and m.removed_at is null
  order by m.member_id, o.currency_iid
  on conflict do nothing;
end $$;
