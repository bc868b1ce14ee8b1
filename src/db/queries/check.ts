import { z } from 'zod';
import { query } from '../query';

const row = z.object({ account_id: z.string(), detail: z.string() });

function check(name: string, text: string) {
  return query({ name: `check-${name}`, parameters: [], row, text });
}

/** What must hold of every ledger at every moment; each query answers the accounts where it does not. */
export const ledgerChecks = {
  'the balance is the sum of the postings': check(
    'balance',
    `
    select a.account_id::text as account_id,
      format('balance %s, postings sum to %s', a.balance, coalesce(sum(p.delta), 0)) as detail
    from ledger.accounts a left join ledger.postings p on p.account_id = a.account_id
    group by a.account_id having a.balance <> coalesce(sum(p.delta), 0)`,
  ),

  'postings are a chain without a gap': check(
    'chain',
    `
    select p.account_id::text as account_id, format('posting %s breaks the chain', p.seq) as detail
    from (
      select *,
        row_number() over w as place,
        coalesce(lag(balance_after) over w, 0) + delta as expected
      from ledger.postings window w as (partition by account_id order by seq)
    ) p
    where p.seq <> p.place or p.balance_after <> p.expected
    union all
    select a.account_id::text, format('last_seq %s, but %s postings', a.last_seq, count(p.seq))
    from ledger.accounts a left join ledger.postings p on p.account_id = a.account_id
    group by a.account_id having a.last_seq <> count(p.seq)`,
  ),

  'every posting moves the balance by its amount, or not at all': check(
    'delta',
    `
    select p.account_id::text as account_id,
      format('posting %s (%s of %s) moved the balance by %s', p.seq, p.type, p.amount, p.delta) as detail
    from ledger.postings p
    left join ledger.postings o
      on o.account_id = p.account_id and o.seq = coalesce(p.settles_seq, p.reverses_seq)
    left join ledger.holds h on h.account_id = p.account_id and h.settled_seq = p.seq
    where p.delta <> case
      when p.is_temp or p.type = 'activation' then 0
      when p.type = 'accrual' then p.amount
      when p.type in ('redeem', 'expire') then -p.amount
      when p.type = 'settlement' then
        case when o.type = 'redeem' and h.state = 'committed' then -p.amount else 0 end
      when o.type = 'accrual' then -p.amount
      else p.amount
    end`,
  ),

  'the active balance moves by the amount of each row': check(
    'active-rows',
    `
    select p.account_id::text as account_id,
      format('posting %s (%s of %s) took active from %s to %s', p.seq, p.type, p.amount, p.active_before,
        p.active_after) as detail
    from ledger.postings p
    where p.type in ('accrual', 'redeem') and p.active_after - p.active_before <> case
      when p.type = 'redeem' then -p.amount
      when p.is_temp then 0
      when p.activates_at <= p.posted_at and p.expires_at > p.posted_at then p.amount
      else (
        select coalesce(sum(u.taken), 0)
        from ledger.lot_uses u where u.account_id = p.account_id and u.seq = p.seq
      )
    end`,
  ),

  'lots sum to the balance and to what is held': check(
    'lots-sum',
    `
    select a.account_id::text as account_id,
      format('balance %s, debt %s, held %s; lots hold %s, of which reserved %s', a.balance, a.debt, a.held,
        coalesce(sum(l.remaining), 0), coalesce(sum(l.reserved), 0)) as detail
    from ledger.accounts a left join ledger.lots l on l.account_id = a.account_id
    group by a.account_id
    having a.balance + a.debt <> coalesce(sum(l.remaining), 0) or a.held <> coalesce(sum(l.reserved), 0)`,
  ),

  'every lot is what its uses left of it': check(
    'lots-uses',
    `
    select l.account_id::text as account_id,
      format('lot %s: %s of %s remain, %s reserved; uses took %s and reserve %s',
        l.seq, l.remaining, l.amount, l.reserved,
        coalesce(sum(u.taken), 0), coalesce(sum(u.reserved), 0)) as detail
    from ledger.lots l
    left join ledger.lot_uses u on u.account_id = l.account_id and u.lot_seq = l.seq
    group by l.account_id, l.seq
    having l.remaining <> l.amount - coalesce(sum(u.taken), 0) or l.reserved <> coalesce(sum(u.reserved), 0)`,
  ),

  'every lot is an accrual, and every accrual a lot': check(
    'lots-accruals',
    `
    select coalesce(l.account_id, p.account_id)::text as account_id,
      format('accrual %s and its lot disagree', coalesce(l.seq, p.seq)) as detail
    from (select * from ledger.postings where type = 'accrual' and not is_temp) p
    full join ledger.lots l on l.account_id = p.account_id and l.seq = p.seq
    where l.seq is null or p.seq is null or l.amount <> p.amount`,
  ),

  'every lot has the dates of its accrual, or of its activation': check(
    'lots-dates',
    `
    select l.account_id::text as account_id,
      format('lot %s is active from %s to %s; its accrual says %s to %s, its activation %s to %s', l.seq,
        l.activates_at, l.expires_at, p.activates_at, p.expires_at, w.activates_at, w.expires_at) as detail
    from ledger.lots l
    join ledger.postings p on p.account_id = l.account_id and p.seq = l.seq
    left join ledger.postings w on w.account_id = p.account_id and w.activates_seq = p.seq
    where (l.activates_at, l.expires_at) is distinct from
        (coalesce(w.activates_at, p.activates_at), coalesce(w.expires_at, p.expires_at))
      or (p.waiting is not null) <> (p.activates_at = 'infinity')
    union all
    select w.account_id::text, format('posting %s activates points that did not wait', w.seq)
    from ledger.postings w
    left join ledger.postings p
      on p.account_id = w.account_id and p.seq = w.activates_seq and p.waiting is not null
    left join ledger.postings r on r.account_id = p.account_id and r.reverses_seq = p.seq
    where w.type = 'activation' and (p.seq is null or w.amount <> p.amount or r.seq < w.seq)`,
  ),

  'every redemption is taken from lots, to the last point': check(
    'redeem-uses',
    `
    select p.account_id::text as account_id,
      format('posting %s redeemed %s, its lots gave %s',
        p.seq, p.amount, coalesce(sum(u.taken + u.reserved), 0)) as detail
    from ledger.postings p
    left join ledger.lot_uses u on u.account_id = p.account_id and u.seq = p.seq
    where p.type in ('redeem', 'expire')
    group by p.account_id, p.seq having p.amount <> coalesce(sum(u.taken + u.reserved), 0)`,
  ),

  'active and lapsed are what the lots say': check(
    'active',
    `
    select a.account_id::text as account_id,
      format('active %s, lapsed %s, until %s; lots say %s, %s, %s',
        a.active, a.lapsed, a.changes_at, l.active, l.lapsed, l.changes_at) as detail
    from ledger.accounts a
    cross join lateral (
      select
        coalesce(sum(free) filter (where activates_at <= a.touched_at and expires_at > a.touched_at), 0)
          - a.debt as active,
        coalesce(sum(free) filter (where expires_at <= a.touched_at), 0) as lapsed,
        coalesce(least(
          min(activates_at) filter (where activates_at > a.touched_at),
          min(expires_at) filter (where expires_at > a.touched_at)
        ), 'infinity') as changes_at
      from (select *, remaining - reserved as free from ledger.lots) lots
      where account_id = a.account_id and has_free
    ) l
    where a.active <> l.active or a.lapsed <> l.lapsed or a.changes_at > l.changes_at
      or (a.active < 0 and a.debt = 0) or (a.debt > 0 and a.active > 0)`,
  ),

  'every temporary transaction has one hold, settled at most once': check(
    'holds',
    `
    select p.account_id::text as account_id,
      format('hold %s is %s, settled by posting %s', p.transaction_id, h.state, s.seq) as detail
    from ledger.postings p
    left join ledger.holds h on h.account_id = p.account_id and h.seq = p.seq
    left join ledger.postings s on s.account_id = p.account_id and s.settles_seq = p.seq
    where p.is_temp and (
      h.seq is null or h.transaction_id <> p.transaction_id
      or (h.state = 'open') <> (s.seq is null) or h.settled_seq is distinct from s.seq
      or h.committed_as is distinct from (case when s.type = 'accrual' then s.transaction_id end)
    )
    union all
    select h.account_id::text, format('hold %s has no posting', h.transaction_id)
    from ledger.holds h
    left join ledger.postings p on p.account_id = h.account_id and p.seq = h.seq and p.is_temp
    where h.seq is not null and p.seq is null`,
  ),

  'what is held is what open holds reserve': check(
    'held',
    `
    select a.account_id::text as account_id,
      format('held %s, open holds reserve %s', a.held, coalesce(sum(p.amount), 0)) as detail
    from ledger.accounts a
    left join ledger.holds h on h.account_id = a.account_id and h.state = 'open'
    left join ledger.postings p on p.account_id = h.account_id and p.seq = h.seq and p.type = 'redeem'
    group by a.account_id having a.held <> coalesce(sum(p.amount), 0)`,
  ),

  'every transaction_eid belongs to one transaction': check(
    'keys',
    `
    select coalesce(p.account_id, 0)::text as account_id,
      format('transaction_eid %s of program %s has no transaction', k.transaction_eid, k.program_id) as detail
    from ledger.keys k
    left join ledger.postings p
      on p.transaction_id = k.transaction_id and p.transaction_eid = k.transaction_eid
      and p.program_id = k.program_id
    where p.seq is null
    union all
    select p.account_id::text, format('posting %s has a transaction_eid that is not its own', p.seq)
    from ledger.postings p
    left join ledger.keys k on k.program_id = p.program_id and k.transaction_eid = p.transaction_eid
    left join ledger.postings o on o.account_id = p.account_id and o.seq = p.settles_seq
    where p.transaction_eid is not null
      and k.transaction_id is distinct from coalesce(o.transaction_id, p.transaction_id)`,
  ),

  'every posting has its events, once the account has any': check(
    'events',
    `
    select p.account_id::text as account_id,
      format('posting %s (%s) has the events %s', p.seq, p.type, e.types) as detail
    from (select account_id, min(seq) as seq from feed.events where account_id is not null group by 1) first
    join ledger.postings p on p.account_id = first.account_id and p.seq >= first.seq
    left join (
      select account_id, seq, array_agg(type order by event_id) as types from feed.events group by 1, 2
    ) e on e.account_id = p.account_id and e.seq = p.seq
    where e.types is distinct from ledger.event_types(p)`,
  ),

  'the events of an account are read in the order of its postings': check(
    'events-order',
    `
    select e.account_id::text as account_id,
      format('the event of posting %s is read too early', e.seq) as detail
    from (
      select *, lag(seq) over (partition by account_id order by turn, event_id) as before
      from feed.events where account_id is not null
    ) e
    where e.before > e.seq`,
  ),

  'what was earned is what was accrued and not cancelled': check(
    'earnings',
    `
    select a.account_id::text as account_id,
      format('earnings sum to %s, accruals to %s', coalesce(e.amount, 0), coalesce(p.amount, 0)) as detail
    from ledger.accounts a
    left join (select account_id, sum(amount) as amount from ledger.earnings group by account_id) e
      on e.account_id = a.account_id
    left join lateral (
      select sum(p.amount) as amount from ledger.postings p
      where p.account_id = a.account_id and p.seq <= a.earned_seq and p.type = 'accrual' and not p.is_temp
        and (p.waiting is null or exists (
          select from ledger.postings w
          where w.account_id = p.account_id and w.activates_seq = p.seq and w.seq <= a.earned_seq
        ))
        and not exists (
          select from ledger.postings r
          where r.account_id = p.account_id and r.reverses_seq = p.seq and r.seq <= a.earned_seq
        )
    ) p on true
    where coalesce(e.amount, 0) <> coalesce(p.amount, 0) or a.earned <> coalesce(e.amount, 0)
      or a.earned_seq > a.last_seq`,
  ),

  'every tier of a cumulative group is held whose threshold is earned, and no other': check(
    'tiers-cumulative',
    `
    select a.account_id::text as account_id,
      format('tier %s takes %s of %s, held: %s', t.id, t.threshold, a.earned, h.tier_id is not null) as detail
    from catalog.tier_groups g
    join ledger.tier_sweeps s on s.group_id = g.id and s.settings_at = g.updated_at and s.done_at is not null
    join catalog.tiers t on t.group_id = g.id
    join ledger.accounts a on a.currency_iid = g.currency_iid and a.closed_at is null
    left join ledger.member_tiers h on h.member_id = a.member_id and h.tier_id = t.id and h.lost_at is null
    where g.type = 'cumulative' and (a.earned >= t.threshold) <> (h.tier_id is not null)`,
  ),

  'of a periodic group one tier is held at most': check(
    'tiers-periodic',
    `
    select min(a.account_id)::text as account_id, format('%s tiers of group %s', count(*), g.id) as detail
    from ledger.member_tiers h
    join catalog.tier_groups g on g.id = h.group_id and g.type = 'periodic'
    join ledger.accounts a on a.member_id = h.member_id and a.currency_iid = g.currency_iid
    where h.lost_at is null
    group by h.member_id, g.id having count(*) > 1`,
  ),

  'nobody holds a tier twice at a time': check(
    'tiers-overlapping',
    `
    select min(a.account_id)::text as account_id,
      format('tier %s of member %s again at %s', h.tier_id, h.member_id, h.reached_at) as detail
    from (
      select *, lag(coalesce(lost_at, 'infinity')) over (
        partition by member_id, tier_id order by id
      ) as free_at
      from ledger.member_tiers
    ) h
    join ledger.accounts a on a.member_id = h.member_id
    where h.free_at > h.reached_at
    group by h.member_id, h.tier_id, h.reached_at`,
  ),

  'the latest event about the tiers of a member is right, if it is there still': check(
    'tiers-events',
    `
    select min(a.account_id)::text as account_id,
      format('of group %s member %s holds tier %s, was told %s', g.id, m.member_id, h.tier_id, e.tier_id)
        as detail
    from catalog.tier_groups g
    join ledger.tier_sweeps s on s.group_id = g.id and s.settings_at = g.updated_at and s.done_at is not null
    join ledger.members m on m.program_id = g.program_id and m.removed_at is null
    join ledger.accounts a on a.member_id = m.member_id
    left join (
      select distinct on (h.member_id, h.group_id) h.member_id, h.group_id, h.tier_id
      from ledger.member_tiers h join catalog.tiers t on t.id = h.tier_id
      where h.lost_at is null order by h.member_id, h.group_id, t.tier_order desc
    ) h on h.member_id = m.member_id and h.group_id = g.id
    left join (
      select distinct on (member_id, data ->> 'tiers_group_id')
        member_id, (data ->> 'tiers_group_id')::int as group_id, (data ->> 'tier_id')::int as tier_id
      from feed.events where type = 'loyalty_tier_changed'
      order by member_id, data ->> 'tiers_group_id', turn desc, event_id desc
    ) e on e.member_id = m.member_id and e.group_id = g.id
    where h.tier_id is distinct from e.tier_id
      and (e.member_id is not null or not exists (select from feed.deleted))
    group by m.member_id, h.tier_id, g.id, e.tier_id`,
  ),

  'nobody holds a tier after leaving': check(
    'tiers-left',
    `
    select min(a.account_id)::text as account_id,
      format('tier %s of member %s', h.tier_id, h.member_id) as detail
    from ledger.member_tiers h
    join ledger.members m on m.member_id = h.member_id and m.removed_at is not null
    join ledger.accounts a on a.member_id = h.member_id
    where h.lost_at is null
    group by h.member_id, h.tier_id`,
  ),

  'every reward is paid once, for a tier that was reached': check(
    'tiers-rewards',
    `
    select coalesce(p.account_id, 0)::text as account_id,
      format('reward of tier %s: posting %s', coalesce(f.tier_id, p.tier_id), p.seq) as detail
    from (select * from ledger.first_tiers where rewarded_by is not null) f
    full join (
      select p.*, a.member_id, p.source_subiid as tier_id
      from ledger.postings p join ledger.accounts a on a.account_id = p.account_id
      where p.source_type = 'tier_group' and p.type = 'accrual'
    ) p on p.transaction_id = f.rewarded_by and p.member_id = f.member_id and p.tier_id = f.tier_id
    where p.seq is null or f.tier_id is null`,
  ),
};

/** Temporary transactions that are open, each of which must have a running workflow. */
export const listOpenHolds = query({
  name: 'check-open-holds',
  parameters: [],
  row: z.object({ account_id: z.string(), transaction_id: z.string(), temp_until: z.string() }),
  text: `
    select account_id::text as account_id, transaction_id::text as transaction_id, temp_until
    from ledger.holds where state = 'open' order by temp_until`,
});
