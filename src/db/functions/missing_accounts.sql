-- Operations of a batch, each on an account that it could write to and that does not exist yet: its own one,
-- and those of the rewards that it may come to.
create or replace function ledger.missing_accounts(ops ledger.operation[])
returns ledger.operation[] language plpgsql stable as $$
begin
  return array(
    select o from (
      select o from unnest(ops) o
      where o.verb in ('accrue', 'redeem', 'cancel', 'settle', 'activate', 'evaluate')
      union all
      select jsonb_populate_record(o, jsonb_build_object('currency_iid', t.reward_currency_iid))
      from unnest(ops) o
      join catalog.tier_groups g on g.currency_iid = o.currency_iid
      join catalog.tiers t on t.group_id = g.id and t.reward_currency_iid is not null
      where o.verb in ('accrue', 'cancel', 'settle', 'activate', 'evaluate')
    ) needed
    where not exists (
      select from ledger.accounts a where a.member_id = (o).member_id and a.currency_iid = (o).currency_iid
    )
  );
end $$;
