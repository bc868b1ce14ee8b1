-- Brings the tiers that a member earns on a locked account up to the moment `at`: first what was lost since
-- the last time, as if it had been evaluated every day, then what the new postings change; and pays what was
-- reached. Called after all accounts of the batch were written back, so that a reward finds its account as
-- it is.
create or replace function ledger.update_tiers(account ledger.accounts, at timestamptz, origin text)
returns void language plpgsql as $$
declare
  moment timestamptz := greatest(at, account.touched_at);
  zone text := (select p.timezone from catalog.programs p where p.id = account.program_id);
  today date := (moment at time zone zone)::date;
  review record;
  rank int;
  earned ledger.points;
begin
  if moment > account.touched_at then
    account.touched_at := moment;
    account := ledger.refresh(account, moment);
    perform ledger.save(account);
  end if;
  for review in
    select s as standing, g as tier_group
    from catalog.tier_groups g
    join ledger.standings s on s.group_id = g.id and s.member_id = account.member_id and s.reviewed_on < today
    where g.currency_iid = account.currency_iid and g.type = 'periodic'
    order by g.id
  loop
    perform ledger.review_standing(review.standing, review.tier_group, account, today, zone, origin);
  end loop;
  earned := ledger.count_earnings(account, zone);
  for review in
    select s as standing, g as tier_group
    from catalog.tier_groups g
    left join ledger.standings s on s.group_id = g.id and s.member_id = account.member_id
    where g.currency_iid = account.currency_iid order by g.id
  loop
    rank := case (review.tier_group).type
      when 'cumulative' then ledger.tier_rank((review.tier_group).id, earned)
      else ledger.update_standing(account.member_id, review.tier_group, account.account_id, today, zone)
    end;
    continue when (review.standing).held_rank = rank
      and (review.standing).settings_at = (review.tier_group).updated_at;
    perform ledger.hold_tiers(account, review.tier_group, rank, moment, origin);
    perform ledger.reward_tiers(account.member_id, review.tier_group, rank, moment, origin);
    perform ledger.note_rank(account, review.tier_group, rank, today);
  end loop;
end $$;
