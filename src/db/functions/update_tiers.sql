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
  tier_group catalog.tier_groups;
  rank int;
begin
  if moment > account.touched_at then
    account.touched_at := moment;
    account := ledger.refresh(account, moment);
    perform ledger.save(account);
  end if;
  for review in
    select s as standing, g as tier_group
    from ledger.standings s join catalog.tier_groups g on g.id = s.group_id
    where s.member_id = account.member_id and g.currency_iid = account.currency_iid and g.type = 'periodic'
    order by g.id
  loop
    perform ledger.review_standing(review.standing, review.tier_group, account, today, zone, origin);
  end loop;
  perform ledger.count_earnings(account, zone);
  for tier_group in
    select g.* from catalog.tier_groups g where g.currency_iid = account.currency_iid order by g.id
  loop
    rank := case tier_group.type
      when 'cumulative' then ledger.earned_rank(tier_group, account.account_id, today)
      else ledger.update_standing(account.member_id, tier_group, account.account_id, today, zone)
    end;
    perform ledger.hold_tiers(account, tier_group, rank, moment, origin);
    perform ledger.reward_tiers(account.member_id, tier_group, rank, moment, origin);
  end loop;
end $$;
