-- The order of the highest tier that so many points reach, or -1.
create or replace function ledger.tier_rank(group_id int, points ledger.points)
returns int language sql stable as $$
  select coalesce(max(t.tier_order), -1)
  from catalog.tiers t where t.group_id = tier_rank.group_id and t.threshold <= coalesce(points, 0)
$$;
