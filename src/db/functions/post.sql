-- The one door into the ledger: carries out a batch of operations in one transaction and answers one outcome
-- for each, in any order; a refused one does not disturb its neighbours.
-- What two batches could wait for is taken in the same phases (memberships, members, keys, accounts), each in
-- sorted order, so that they never wait in a circle.
create or replace function ledger.post(operations jsonb, at timestamptz, origin text)
returns table (index int, outcome jsonb) language plpgsql as $$
#variable_conflict use_column
declare
  ops ledger.operation[];
  op ledger.operation;
  batch record;
  account ledger.accounts;
begin
  select array_agg(
    jsonb_populate_record(null::ledger.operation, o.value || jsonb_build_object('index', o.ordinality))
    order by o.ordinality
  )
  into ops from jsonb_array_elements(operations) with ordinality o;

  for op in
    select o.* from unnest(ops) o where o.verb = 'register' order by o.program_id, o.profile_id, o.index
  loop
    return query select op.index, ledger.register(op, at, origin);
  end loop;

  perform ledger.open_accounts(ops);
  perform ledger.claim_keys(ops);
  perform ledger.lock_accounts(ops);

  for batch in
    select a as account, array_agg(o order by o.index) as ops
    from unnest(ops) o
    left join ledger.accounts a on a.member_id = o.member_id and a.currency_iid = o.currency_iid
    where o.verb in ('accrue', 'redeem', 'cancel', 'settle', 'activate')
    group by a.account_id order by a.account_id
  loop
    return query select * from ledger.post_account(batch.account, batch.ops, at, origin);
  end loop;

  for account in
    select a.* from ledger.accounts a
    where a.closed_at is null
      and exists (select from catalog.tier_groups g where g.currency_iid = a.currency_iid)
      and (a.member_id, a.currency_iid) in (
        select o.member_id, o.currency_iid from unnest(ops) o
        where o.verb in ('accrue', 'cancel', 'settle', 'activate', 'evaluate')
      )
    order by a.account_id
  loop
    perform ledger.update_tiers(account, at, origin);
  end loop;

  for op in select o.* from unnest(ops) o where o.verb = 'remove' order by o.index loop
    return query select op.index, ledger.remove(op, at, origin);
  end loop;
end $$;
