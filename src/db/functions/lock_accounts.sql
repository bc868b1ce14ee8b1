-- Locks every account a batch will touch, in id order.
create or replace function ledger.lock_accounts(ops ledger.operation[])
returns void language plpgsql as $$
begin
  perform from ledger.accounts locked
  where locked.account_id in (
    select a.account_id from unnest(ops) o
    join ledger.accounts a on a.member_id = o.member_id and a.currency_iid = o.currency_iid
    where o.verb in ('accrue', 'redeem', 'cancel', 'settle')
    union
    select a.account_id from unnest(ops) o
    join ledger.accounts a on a.member_id = o.member_id
    where o.verb = 'remove'
  )
  order by locked.account_id for update;
end $$;
