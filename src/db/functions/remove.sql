-- Ends a membership: open temporary transactions are rolled back, accounts closed, everything kept (G-40).
-- A retry is answered as the removal was, but names no holds: their workflows were told, or end at their
-- timeout. The caller holds the locks on the member and all its accounts.
create or replace function ledger.remove(op ledger.operation, at timestamptz, origin text)
returns jsonb language plpgsql as $$
declare
  member ledger.members;
  account ledger.accounts;
  step ledger.step;
  holds jsonb := '[]';
  turn xid8 := pg_current_xact_id();
begin
  select m.* into member from ledger.members m where m.member_id = op.member_id;
  if member.removed_by = op.transaction_id then
    return jsonb_build_object('profile_id', member.profile_id, 'holds', holds);
  elsif member.member_id is null or member.removed_at is not null then
    return jsonb_build_object(
      'refusal', 'member_not_found', 'details', jsonb_build_object('program', op.program_id)
    );
  end if;
  update ledger.members m set removed_at = at, removed_by = op.transaction_id
  where m.member_id = op.member_id;
  op.wish := 'rollback';
  for account in
    select a.* from ledger.accounts a where a.member_id = member.member_id order by a.account_id
  loop
    step.account := ledger.refresh(account, greatest(at, account.touched_at));
    for op.target_id in
      select h.transaction_id from ledger.holds h
      where h.account_id = account.account_id and h.state = 'open' order by h.seq
    loop
      step := ledger.settle(step.account, op, greatest(at, account.touched_at), origin);
      holds := holds || to_jsonb(op.target_id);
    end loop;
    account := step.account;
    account.closed_at := at;
    perform ledger.save(account);
    turn := greatest(turn, account.last_turn);
  end loop;
  insert into feed.events (turn, type, happened_at, program_id, member_id)
  values (turn, 'loyalty_member_removed', at, member.program_id, member.member_id);
  update ledger.member_tiers h set lost_at = greatest(at, h.reached_at)
  where h.member_id = member.member_id and h.lost_at is null;
  delete from ledger.standings s where s.member_id = member.member_id;
  return jsonb_build_object('profile_id', member.profile_id, 'holds', holds);
end $$;
