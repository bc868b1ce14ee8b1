-- Evaluates the tiers of some members of a program, at most so many, and says how many those were: first of
-- those who could have lost one by now; then, after the settings of a group have changed, of one member
-- after the other.
create or replace function ledger.evaluate_tiers(program_id int, at timestamptz, max_members int, origin text)
returns int language plpgsql as $$
declare
  due jsonb;
begin
  if not (select p.is_active from catalog.programs p where p.id = evaluate_tiers.program_id) then
    return 0;
  end if;
  select coalesce(jsonb_agg(ledger.evaluation(d.member_id, g)), '[]') into due
  from (
    select s.member_id, s.group_id from ledger.standings s
    where s.program_id = evaluate_tiers.program_id and s.due_at < 'infinity' and s.due_at <= at
    order by s.due_at limit max_members
  ) d
  join catalog.tier_groups g on g.id = d.group_id;
  if due = '[]' then
    due := ledger.sweep_tiers(program_id, at, max_members);
  end if;
  perform ledger.post(due, at, origin);
  return jsonb_array_length(due);
end $$;
