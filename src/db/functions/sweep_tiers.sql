-- The next members of a program to be evaluated because the settings of a tier group have changed, as
-- operations; none when all have been. Whoever sweeps a group at the same time waits here, holding nothing
-- else.
create or replace function ledger.sweep_tiers(program_id int, at timestamptz, max_members int)
returns jsonb language plpgsql as $$
declare
  tier_group catalog.tier_groups;
  sweep ledger.tier_sweeps;
  evaluations jsonb;
begin
  for tier_group in
    select g.* from catalog.tier_groups g where g.program_id = sweep_tiers.program_id order by g.id
  loop
    insert into ledger.tier_sweeps as s (group_id, settings_at) values (tier_group.id, tier_group.updated_at)
    on conflict on constraint tier_sweeps_pkey do update set
      settings_at = excluded.settings_at,
      profile_id = case s.settings_at when excluded.settings_at then s.profile_id else '' end,
      done_at = case s.settings_at when excluded.settings_at then s.done_at end
    returning s.* into sweep;
    continue when sweep.done_at is not null;
    select coalesce(jsonb_agg(ledger.evaluation(n.member_id, tier_group)), '[]'), max(n.profile_id)
    into evaluations, sweep.profile_id
    from (
      select m.member_id, m.profile_id from ledger.members m
      where m.program_id = sweep_tiers.program_id and m.removed_at is null and m.profile_id > sweep.profile_id
      order by m.profile_id limit max_members
    ) n;
    update ledger.tier_sweeps s
    set
      profile_id = coalesce(sweep.profile_id, s.profile_id),
      done_at = case when evaluations = '[]' then at end
    where s.group_id = tier_group.id;
    if evaluations <> '[]' then
      return evaluations;
    end if;
  end loop;
  return '[]';
end $$;
