-- Writes the events of points that lapse soon in a program, seen at `at`: one per account and day on which
-- some lapse, of at most so many lots, and answers how many lots there were. All that lapses on a day (in the
-- program's time zone) is told together, when the first of it comes within reach; what is accrued for a day
-- that was told before is not told again. Accounts are locked in id order, as everywhere.
create or replace function ledger.tell_expiring(program_id int, at timestamptz, most int)
returns int language plpgsql as $$
declare
  zone text;
  farthest timestamptz;
  near bigint[];
  account ledger.accounts;
  told int;
  total int := 0;
begin
  select p.timezone into zone from catalog.programs p where p.id = tell_expiring.program_id;
  select max(ledger.days_after(at, c.expiring_soon_days, zone)) into farthest
  from catalog.currencies c where c.program_id = tell_expiring.program_id;
  if farthest is null then
    return 0;
  end if;
  select array_agg(distinct l.account_id) into near
  from (
    select d.account_id
    from ledger.lots d
    join ledger.accounts a on a.account_id = d.account_id and a.closed_at is null
    join catalog.currencies c on c.iid = a.currency_iid
    where d.program_id = tell_expiring.program_id and d.has_free and not d.told
      and d.expires_at > at and d.expires_at <= farthest
      and d.expires_at <= ledger.days_after(at, c.expiring_soon_days, zone)
    order by d.expires_at limit most
  ) l;
  for account in
    select a.* from ledger.accounts a where a.account_id = any(near) order by a.account_id for update
  loop
    told := ledger.tell_account(account, at, zone);
    total := total + told;
  end loop;
  return total;
end $$;
