-- Deletes about so many of the oldest events, of those that happened before a moment, and what was kept of
-- their deliveries; answers how many there were. Whoever has not read them is told: webhooks by missed_until,
-- other readers because their position is before feed.deleted. A turn is deleted as a whole, and its events
-- in their order, so that an account loses the events of its first postings first.
create or replace function feed.delete_events(before timestamptz, most int)
returns int language plpgsql as $$
declare
  upto xid8;
  last feed.events;
  deleted int;
begin
  perform pg_advisory_xact_lock(hashtextextended('feed.delete_events', 0));
  with oldest as (
    select e.turn, e.happened_at from feed.events e
    where e.turn < pg_snapshot_xmin(pg_current_snapshot())
    order by e.turn, e.event_id limit most
  )
  select max(o.turn) into upto from oldest o
  where not exists (
    select from scenarios.position p
    where p.turn <= o.turn and exists (select from scenarios.definitions d where d.is_active)
  ) and o.turn < coalesce(
    (select min(k.turn) from oldest k where k.happened_at >= before), '18446744073709551615'::xid8
  );
  if upto is null then
    return 0;
  end if;
  select e.* into last from feed.events e where e.turn <= upto order by e.turn desc, e.event_id desc limit 1;
  update feed.webhooks w set missed_until = last.happened_at
  where (w.turn, w.event_id) < (last.turn, last.event_id) or exists (
    select from feed.deliveries d where d.webhook_id = w.id and d.state = 'waiting' and d.turn <= upto
  );
  delete from feed.deliveries d where d.turn <= upto;
  delete from feed.events e where e.turn <= upto;
  get diagnostics deleted = row_count;
  insert into feed.deleted as d (turn, event_id, happened_at)
  values (last.turn, last.event_id, last.happened_at)
  on conflict (is_only) do update
  set turn = excluded.turn, event_id = excluded.event_id, happened_at = excluded.happened_at;
  return deleted;
end $$;
