-- The rank of a member of a periodic group on a day up to which the standing was reviewed, or with which it
-- begins; notes when the rank could next be lost.
create or replace function ledger.update_standing(
  member_id bigint, tier_group catalog.tier_groups, account_id bigint, today date, zone text
)
returns int language plpgsql as $$
declare
  standing ledger.standings;
  rank int;
  due timestamptz := 'infinity';
begin
  select s.* into standing from ledger.standings s
  where s.member_id = update_standing.member_id and s.group_id = tier_group.id;
  standing.reviewed_on := greatest(today, standing.reviewed_on);
  select greatest(
    ledger.tier_rank(
      tier_group.id, ledger.kept_points(tier_group, update_standing.account_id, standing.reviewed_on)
    ),
    (select t.tier_order from catalog.tiers t where t.id = standing.floor_tier_id)
  )
  into rank;
  if exists (
    select from catalog.tiers t where t.group_id = tier_group.id and t.tier_order = rank and t.threshold > 0
  ) then
    due := coalesce(
      ledger.next_review(
        tier_group, update_standing.account_id, standing.reviewed_on, standing.floor_until
      )::timestamp at time zone zone,
      due
    );
  end if;
  insert into ledger.standings as s (member_id, group_id, program_id, reviewed_on, due_at)
  values (update_standing.member_id, tier_group.id, tier_group.program_id, standing.reviewed_on, due)
  on conflict on constraint standings_pkey do update set due_at = excluded.due_at;
  return rank;
end $$;
