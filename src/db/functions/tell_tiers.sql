-- The event of a change of tiers. What the tiers are called is written down, because settings change.
create or replace function ledger.tell_tiers(
  account ledger.accounts, tier_group catalog.tier_groups, before int[], after int[], at timestamptz
)
returns void language plpgsql as $$
declare
  turn xid8;
  was catalog.tiers;
  now catalog.tiers;
begin
  select t.* into was from catalog.tiers t where t.id = before[cardinality(before)];
  select t.* into now from catalog.tiers t where t.id = after[cardinality(after)];
  update ledger.accounts a set last_turn = greatest(a.last_turn, pg_current_xact_id())
  where a.account_id = account.account_id returning a.last_turn into turn;
  insert into feed.events (turn, type, happened_at, program_id, member_id, data)
  values (turn, 'loyalty_tier_changed', at, account.program_id, account.member_id, jsonb_build_object(
    'tiers_group_id', tier_group.id, 'tiers_group_eid', tier_group.external_id,
    'tiers_group_type', tier_group.type,
    'direction', case when coalesce(now.tier_order, -1) < was.tier_order then 'down' else 'up' end,
    'tier_id', now.id, 'tier_eid', now.eid, 'tier_order', now.tier_order,
    'previous_tier_id', was.id, 'previous_tier_eid', was.eid, 'previous_tier_order', was.tier_order
  ));
end $$;
