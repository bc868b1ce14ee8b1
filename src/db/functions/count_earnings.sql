-- Counts the postings of a locked account that are new since the last time: what was accrued, by day, less
-- what was cancelled of it. Redemptions and expiry do not lessen what was earned.
create or replace function ledger.count_earnings(account ledger.accounts, zone text)
returns void language plpgsql as $$
declare
  news_total ledger.points;
begin
  if account.earned_seq = account.last_seq then
    return;
  end if;
  with news as (
    select (n.posted_at at time zone zone)::date as day, sum(n.amount) as amount
    from (
      select p.posted_at, p.amount from ledger.postings p
      where p.account_id = account.account_id and p.seq > account.earned_seq
        and p.type = 'accrual' and not p.is_temp
      union all
      select p.posted_at, -p.amount
      from ledger.postings r
      join ledger.postings p on p.account_id = r.account_id and p.seq = r.reverses_seq and p.type = 'accrual'
      where r.account_id = account.account_id and r.seq > account.earned_seq
    ) n
    group by 1
  ), counted as (
    insert into ledger.earnings as e (account_id, day, amount)
    select account.account_id, news.day, news.amount from news order by news.day
    on conflict on constraint earnings_pkey do update set amount = e.amount + excluded.amount
  )
  select coalesce(sum(news.amount), 0) into news_total from news;
  update ledger.accounts a set earned = a.earned + news_total, earned_seq = account.last_seq
  where a.account_id = account.account_id;
end $$;
