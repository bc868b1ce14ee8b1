-- Counts the postings of a locked account that are new since the last time: what was accrued, by day, less
-- what was cancelled of it; answers what was earned in all. Redemptions and expiry do not lessen it. Points
-- that wait are earned when they are activated.
create or replace function ledger.count_earnings(account ledger.accounts, zone text)
returns ledger.points language plpgsql as $$
declare
  news record;
begin
  if account.earned_seq = account.last_seq then
    return account.earned;
  end if;
  for news in
    select (coalesce(w.posted_at, o.posted_at, p.posted_at) at time zone zone)::date as day,
      sum(case p.type when 'reversal' then -o.amount else p.amount end) as amount
    from ledger.postings p
    left join ledger.postings o on o.account_id = p.account_id and o.seq = p.reverses_seq
    left join ledger.postings w on w.account_id = o.account_id and w.activates_seq = o.seq
    where p.account_id = account.account_id and p.seq > account.earned_seq and (
      p.type = 'accrual' and not p.is_temp and p.waiting is null
      or p.type = 'activation'
      or p.type = 'reversal' and o.type = 'accrual' and (o.waiting is null or w.seq is not null)
    )
    group by 1 order by 1
  loop
    insert into ledger.earnings as e (account_id, day, amount)
    values (account.account_id, news.day, news.amount)
    on conflict on constraint earnings_pkey do update set amount = e.amount + excluded.amount;
    account.earned := account.earned + news.amount;
  end loop;
  update ledger.accounts a set earned = account.earned, earned_seq = account.last_seq
  where a.account_id = account.account_id;
  return account.earned;
end $$;
