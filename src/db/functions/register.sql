-- Makes a profile a member, with an account per active currency and its initial balance.
-- Safe to repeat: a member stays one. A former member gets new accounts, and initial balances only if the
-- program grants them again (G-10); whoever joins by itself (only_first) does so once.
create or replace function ledger.register(op ledger.operation, at timestamptz, origin text)
returns jsonb language plpgsql as $$
declare
  member ledger.members;
  currency catalog.currencies;
  account ledger.accounts;
  was_member boolean;
  grants boolean;
begin
  perform from directory.profiles where profile_id = op.profile_id for key share;
  if not found then
    return jsonb_build_object(
      'refusal', 'profile_not_found', 'details', jsonb_build_object('matching', 'profile_id')
    );
  end if;
  insert into ledger.members (program_id, profile_id, registered_at, written_by)
  values (op.program_id, op.profile_id, coalesce(op.created_at, at), origin)
  on conflict (program_id, profile_id) where removed_at is null do nothing
  returning * into member;
  if not found then
    return jsonb_build_object('profile_id', op.profile_id, 'registered', false);
  end if;
  was_member := exists (
    select from ledger.members m
    where m.program_id = op.program_id and m.profile_id = op.profile_id and m.member_id <> member.member_id
  );
  if was_member and op.only_first then
    delete from ledger.members m where m.member_id = member.member_id;
    return jsonb_build_object('profile_id', op.profile_id, 'registered', false);
  end if;
  insert into feed.events (type, happened_at, program_id, member_id)
  values ('loyalty_member_added', at, op.program_id, member.member_id);
  grants := not coalesce(op.without_initial_balance, false) and (
    not was_member or (select regrant_initial_balance from catalog.programs where id = op.program_id)
  );
  for currency in
    select * from catalog.currencies where program_id = op.program_id and is_active order by iid
  loop
    insert into ledger.accounts (member_id, program_id, currency_iid, touched_at)
    values (member.member_id, op.program_id, currency.iid, at)
    returning * into account;
    if grants and currency.initial_balance > 0 then
      perform ledger.save((ledger.accrue(account, ledger.initial_balance(op, currency), at, origin)).account);
    end if;
  end loop;
  if op.without_initial_balance then
    insert into ledger.first_tiers (member_id, tier_id, reached_at)
    select member.member_id, t.id, at
    from catalog.tier_groups g join catalog.tiers t on t.group_id = g.id
    where g.program_id = op.program_id and t.threshold = 0 order by t.id;
  end if;
  for account in
    select a.* from ledger.accounts a
    where a.member_id = member.member_id
      and exists (select from catalog.tier_groups g where g.currency_iid = a.currency_iid)
    order by a.account_id
  loop
    perform ledger.update_tiers(account, at, origin);
  end loop;
  return jsonb_build_object('profile_id', op.profile_id, 'registered', true);
end $$;
