-- Notes which rank of a group a member holds, and under which settings: while both are the same there is
-- nothing to do.
create or replace function ledger.note_rank(
  account ledger.accounts, tier_group catalog.tier_groups, rank int, today date
)
returns void language sql as $$
  insert into ledger.standings as s
    (member_id, group_id, program_id, reviewed_on, due_at, held_rank, settings_at)
  values
    (account.member_id, tier_group.id, account.program_id, today, 'infinity', rank, tier_group.updated_at)
  on conflict on constraint standings_pkey do update
    set held_rank = excluded.held_rank, settings_at = excluded.settings_at
$$;
