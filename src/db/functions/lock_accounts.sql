-- Locks every account a batch will touch, in id order. Points of a qualification currency may come to a
-- reward in another, so with their account go all of the member.
create or replace function ledger.lock_accounts(ops ledger.operation[])
returns void language plpgsql as $$
begin
  perform from ledger.accounts locked
  where locked.account_id in (
    select a.account_id from unnest(ops) o
    join ledger.accounts a on a.member_id = o.member_id and a.currency_iid = o.currency_iid
    where o.verb in ('accrue', 'redeem', 'cancel', 'settle', 'activate')
    union
    select a.account_id from unnest(ops) o
    join ledger.accounts a on a.member_id = o.member_id
    where o.verb in ('remove', 'evaluate')
      or o.verb in ('accrue', 'cancel', 'settle', 'activate') and exists (
        select from catalog.currencies c where c.iid = o.currency_iid and c.type = 'qualification'
      )
  )
  order by locked.account_id for update;
end $$;
