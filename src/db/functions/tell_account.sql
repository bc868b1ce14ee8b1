-- Tells of the days on which points of a locked account lapse soon, and answers how many lots that were. The
-- lots are read as they were before, so "told" means told by an earlier call.
create or replace function ledger.tell_account(account ledger.accounts, at timestamptz, zone text)
returns int language plpgsql as $$
declare
  currency catalog.currencies;
  turn xid8 := greatest(account.last_turn, pg_current_xact_id());
  lots int;
begin
  select c.* into strict currency from catalog.currencies c where c.iid = account.currency_iid;
  with days as (
    select distinct (l.expires_at at time zone zone)::date as day
    from ledger.lots l
    where l.account_id = account.account_id and l.has_free and not l.told and l.expires_at > at
      and l.expires_at <= ledger.days_after(at, currency.expiring_soon_days, zone)
  ), marked as (
    update ledger.lots l set told = true
    from days d
    where l.account_id = account.account_id and l.has_free and not l.told and l.expires_at > at
      and (l.expires_at at time zone zone)::date = d.day
    returning d.day, l.expires_at, l.remaining - l.reserved as free
  ), news as (
    insert into feed.events (turn, type, happened_at, program_id, member_id, data)
    select
      turn, 'loyalty_points_expiring_soon', at, account.program_id, account.member_id,
      jsonb_build_object(
        'points_currency_iid', currency.iid, 'points_currency_eid', currency.eid,
        'amount', round(sum(m.free), currency.scale)::text,
        'expiration_date', replace((min(m.expires_at) at time zone 'UTC')::text, ' ', 'T') || 'Z'
      )
    from marked m
    where not exists (
      select from ledger.lots t
      where t.account_id = account.account_id and t.told and (t.expires_at at time zone zone)::date = m.day
    )
    group by m.day order by m.day
  )
  select count(*)::int into lots from marked;
  update ledger.accounts a set last_turn = turn where a.account_id = account.account_id;
  return lots;
end $$;
