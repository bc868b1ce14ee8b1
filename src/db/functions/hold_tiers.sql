-- Makes a member hold the tiers of a group up to a rank (cumulative) or the one of this rank (periodic),
-- from the moment `at`, and no others. The account the tiers are earned on is locked.
create or replace function ledger.hold_tiers(
  account ledger.accounts, tier_group catalog.tier_groups, rank int, at timestamptz, origin text
)
returns void language plpgsql as $$
#variable_conflict use_column
declare
  wanted int[] := array(
    select t.id from catalog.tiers t
    where t.group_id = tier_group.id
      and t.tier_order between case tier_group.type when 'cumulative' then 0 else rank end and rank
    order by t.tier_order
  );
  held int[] := array(
    select h.tier_id from ledger.member_tiers h join catalog.tiers t on t.id = h.tier_id
    where h.member_id = account.member_id and h.group_id = tier_group.id and h.lost_at is null
    order by t.tier_order
  );
begin
  if held = wanted then
    return;
  end if;
  update ledger.member_tiers h set lost_at = greatest(at, h.reached_at)
  where h.member_id = account.member_id and h.group_id = tier_group.id and h.lost_at is null
    and h.tier_id <> all (wanted);
  insert into ledger.member_tiers (member_id, group_id, tier_id, reached_at, written_by)
  select account.member_id, tier_group.id, w.tier_id, at, origin
  from unnest(wanted) with ordinality w (tier_id, place)
  where w.tier_id <> all (held) order by w.place;
  perform ledger.tell_tiers(account, tier_group, held, wanted, at);
end $$;
