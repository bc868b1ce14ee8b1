-- Carries a member's standing in a periodic group forward to a day: on each day on which something that was
-- earned stops to count, the tier that was held is lost as the group's way of downgrading says. In between,
-- members hold the better of their floor and of what they have earned; losing a tier sets the floor.
create or replace function ledger.review_standing(
  standing ledger.standings, tier_group catalog.tier_groups, account ledger.accounts,
  today date, zone text, origin text
)
returns void language plpgsql as $$
declare
  floor_rank int := coalesce(
    (select t.tier_order from catalog.tiers t where t.id = standing.floor_tier_id), -1
  );
  held int;
  kept int;
  day date;
begin
  loop
    day := ledger.next_review(tier_group, account.account_id, standing.reviewed_on, standing.floor_until);
    exit when day is null or day > today;
    held := greatest(
      floor_rank,
      ledger.tier_rank(tier_group.id, ledger.kept_points(tier_group, account.account_id, day - 1))
    );
    kept := ledger.tier_rank(tier_group.id, ledger.kept_points(tier_group, account.account_id, day));
    if standing.floor_until <= day then
      floor_rank := greatest(floor_rank - 1, -1);
      standing.floor_until := case when floor_rank >= 0 then ledger.period_after(tier_group, day) end;
    end if;
    if greatest(floor_rank, kept) < held then
      floor_rank := case tier_group.downgrade when 'none' then held when 'one_step' then held - 1 else -1 end;
      standing.floor_until := case
        when tier_group.downgrade = 'one_step' and floor_rank >= 0 then ledger.period_after(tier_group, day)
      end;
      perform ledger.hold_tiers(
        account, tier_group, greatest(floor_rank, kept), day::timestamp at time zone zone, origin
      );
      standing.held_rank := null;
    end if;
    standing.reviewed_on := day;
  end loop;
  update ledger.standings s set
    reviewed_on = greatest(today, standing.reviewed_on), floor_until = standing.floor_until,
    held_rank = standing.held_rank,
    floor_tier_id = (
      select t.id from catalog.tiers t where t.group_id = tier_group.id and t.tier_order = floor_rank
    )
  where s.member_id = standing.member_id and s.group_id = standing.group_id;
end $$;
