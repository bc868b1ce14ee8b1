-- The operation that evaluates a member's tiers of a group.
create or replace function ledger.evaluation(member_id bigint, tier_group catalog.tier_groups)
returns jsonb language sql immutable as $$
  select jsonb_build_object(
    'verb', 'evaluate', 'program_id', tier_group.program_id, 'member_id', member_id,
    'currency_iid', tier_group.currency_iid
  )
$$;
