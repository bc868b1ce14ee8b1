-- Opens the accounts that operations need and that do not exist yet (a currency newer than the membership), and
-- locks the members this depends on, so that a removal at the same time comes before or after, never between.
create or replace function ledger.open_accounts(ops ledger.operation[])
returns void language plpgsql as $$
begin
  perform from ledger.members m
  where m.member_id in (select o.member_id from unnest(ops) o where o.verb = 'remove')
  order by m.member_id for update;
  insert into ledger.accounts (member_id, program_id, currency_iid)
  select m.member_id, m.program_id, needed.currency_iid
  from (
    select distinct o.member_id, o.currency_iid from unnest(ops) o
    where o.verb in ('accrue', 'redeem', 'cancel', 'settle') and not exists (
      select from ledger.accounts a where a.member_id = o.member_id and a.currency_iid = o.currency_iid
    )
  ) needed
  join lateral (
    select l.* from ledger.members l
    where l.member_id = needed.member_id and l.removed_at is null for share
  ) m on true
  order by m.member_id, needed.currency_iid
  on conflict do nothing;
end $$;
