-- Writes off what has lapsed in a program by `at`: one posting per lot, at most so many lots, and answers how
-- many there were. Only free points lapse: what an open temporary transaction reserves waits for it. Accounts
-- are locked in id order, as everywhere, and for one batch only.
create or replace function ledger.expire(program_id int, at timestamptz, most int, origin text)
returns int language plpgsql as $$
declare
  due bigint[];
  account ledger.accounts;
  lot ledger.lots;
  expired int := 0;
begin
  select array_agg(distinct l.account_id)
  into due
  from (
    select d.account_id from ledger.lots d
    where d.program_id = expire.program_id and d.has_free and d.expires_at <= at and d.expires_at < 'infinity'
    order by d.expires_at limit most
  ) l;
  for account in
    select a.* from ledger.accounts a where a.account_id = any(due) order by a.account_id for update
  loop
    exit when expired >= most;
    account.touched_at := greatest(at, account.touched_at);
    account := ledger.refresh(account, account.touched_at);
    for lot in
      select l.* from ledger.lots l
      where l.account_id = account.account_id and l.has_free and l.expires_at <= at
      order by l.expires_at, l.seq limit most - expired
    loop
      account := ledger.expire_lot(account, lot, account.touched_at, origin);
      expired := expired + 1;
    end loop;
    perform ledger.save(account);
  end loop;
  return expired;
end $$;
