-- Pays the rewards of the tiers up to a rank that a member reaches for the first time; a tier that was
-- passed over was reached too. A former member is not rewarded again, unless the program grants initial
-- balances again (G-10).
create or replace function ledger.reward_tiers(
  member_id bigint, tier_group catalog.tier_groups, rank int, at timestamptz, origin text
)
returns void language plpgsql as $$
declare
  regrants boolean := (
    select p.regrant_initial_balance from catalog.programs p where p.id = tier_group.program_id
  );
  tier catalog.tiers;
begin
  for tier in
    select t.* from catalog.tiers t
    where t.group_id = tier_group.id and t.tier_order <= rank and not exists (
      select from ledger.first_tiers f where f.member_id = reward_tiers.member_id and f.tier_id = t.id
    )
    order by t.tier_order
  loop
    insert into ledger.first_tiers (member_id, tier_id, reached_at)
    values (reward_tiers.member_id, tier.id, at);
    if tier.reward_amount is not null and (regrants or not exists (
      select from ledger.members m
      join ledger.members former on former.program_id = m.program_id and former.profile_id = m.profile_id
      join ledger.first_tiers f on f.member_id = former.member_id and f.tier_id = tier.id
      where m.member_id = reward_tiers.member_id and former.member_id <> m.member_id
    )) then
      perform ledger.reward(reward_tiers.member_id, tier_group, tier, at, origin);
    end if;
  end loop;
end $$;
