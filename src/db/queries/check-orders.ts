import { z } from 'zod';
import { query } from '../query';

const row = z.object({ account_id: z.string(), detail: z.string() });

/** Answers orders, promotions and codes; account_id is 0 where no account is concerned. */
function check(name: string, text: string) {
  return query({
    name: `check-orders-${name}`,
    parameters: [],
    row,
    text: `
    select coalesce(w.account_id, 0)::text as account_id, w.detail
    from (${text}
    ) w(account_id, detail)
    order by 1, 2`,
  });
}

const noAccount = 'null::bigint';

/** What an answer says of an order, as a number. */
const said = (key: string) => `coalesce((o.answer ->> '${key}')::numeric, 0)`;

/** The posting p among those that could not be cancelled or activated. */
const thisOne = `jsonb_build_array(jsonb_build_object('transaction_id', p.transaction_id))`;

/**
 * What must hold of every confirmed order, whatever became of its points later; postings and deeds of orders
 * outlive them.
 */
export const orderChecks = {
  'every line of an order is its price, less what was taken off': check(
    'line',
    `
    select ${noAccount}, format('line %s of order %s comes to %s', l.line_no, l.order_id, l.final_total_price)
    from market.order_lines l join market.orders o on o.id = l.order_id and o.origin = 'commit'
    where l.total_price <> l.base_price_per_item * l.count
      or l.final_total_price <> l.total_price - l.discount_amount - l.points_payment_amount`,
  ),

  'an order is the sum of its lines, with its delivery or without': check(
    'sums',
    `
    select ${noAccount}, format('order %s comes to %s, its lines to %s', o.id, o.final_total_price, l.final)
    from market.orders o
    left join lateral (
      select sum(total_price) as total, sum(discount_amount) as off, sum(points_payment_amount) as paid,
        sum(final_total_price) as final
      from market.order_lines where order_id = o.id
    ) l on true
    where o.origin = 'commit' and (
      l.total is null or o.discount_amount <> l.off or o.points_payment_amount <> l.paid
      or o.total_price - l.total not in (0, o.delivery_cost)
      or o.final_total_price - l.final <> o.total_price - l.total
    )`,
  ),

  'an order is what was answered': check(
    'answers',
    `
    select ${noAccount}, format('order %s comes to %s, answered was %s', o.id, o.final_total_price, o.answer)
    from market.orders o
    where o.origin = 'commit' and (
      o.answer is null or (o.answer ->> 'order_id')::int is distinct from o.id
      or ${said('final_total_price')} <> o.final_total_price or ${said('total_price')} <> o.total_price
      or ${said('discount_amount')} <> o.discount_amount
      or ${said('points_payment_amount')} <> o.points_payment_amount
    )`,
  ),

  'what was taken off an order is what its promotions and the merchant took': check(
    'discounts',
    `
    select ${noAccount},
      format('of order %s %s were taken off, by promotions %s', o.id, o.discount_amount, d.off)
    from market.orders o
    left join lateral (
      select coalesce(sum(discount_amount), 0) as off from market.order_promotions where order_id = o.id
    ) d on true
    where o.origin = 'commit' and o.discount_amount <> d.off + ${said('merchant_discount_amount')}`,
  ),

  'the points of an order are those of its promotions': check(
    'points',
    `
    select p.account_id, format('promotion %s gave %s and took %s for order %s, the ledger says %s and %s',
      coalesce(d.promotion_id, p.promotion_id), d.points_accrued, d.points_redeemed,
      coalesce(d.order_id, p.order_id), p.accrued, p.redeemed)
    from market.order_promotions d
    full join (
      select source_iid as order_id, promotion_id, min(account_id) as account_id,
        sum(amount) filter (where type = 'accrual') as accrued,
        sum(amount) filter (where type = 'redeem') as redeemed
      from ledger.postings where source_type = 'order' and type in ('accrual', 'redeem')
      group by 1, 2
    ) p on p.order_id = d.order_id and p.promotion_id = d.promotion_id
    where coalesce(d.points_accrued, 0) <> coalesce(p.accrued, 0)
      or coalesce(d.points_redeemed, 0) <> coalesce(p.redeemed, 0)`,
  ),

  'the points of an order are those of its customer, for its lines': check(
    'owners',
    `
    select p.account_id, format('posting %s is for line %s of order %s', p.seq, p.source_subiid, o.id)
    from ledger.postings p
    join market.orders o on o.id = p.source_iid and o.origin = 'commit'
    join ledger.accounts a on a.account_id = p.account_id
    join ledger.members m on m.member_id = a.member_id
    left join market.order_lines l on l.order_id = o.id and l.line_no = p.source_subiid
    where p.source_type = 'order' and p.type in ('accrual', 'redeem')
      and (l.order_id is null or m.profile_id is distinct from o.profile_id)`,
  ),

  'every transaction that was answered for an order is in the ledger': check(
    'transactions',
    `
    select p.account_id, format('order %s has %s of %s, the ledger %s of %s',
      o.id, t.transaction_type, t.amount, p.type, p.amount)
    from market.orders o
    cross join jsonb_to_recordset(o.answer -> 'transactions')
      as t(transaction_id uuid, transaction_type text, amount numeric)
    left join ledger.postings p on p.transaction_id = t.transaction_id and p.source_iid = o.id
    where o.origin = 'commit'
      and (p.type::text is distinct from t.transaction_type or p.amount is distinct from t.amount)`,
  ),

  'an order that lost its points has none but those the ledger refused to cancel': check(
    'canceled',
    `
    select p.account_id, format('posting %s of order %s was neither cancelled nor refused', p.seq, n.order_id)
    from market.order_points n
    join ledger.postings p
      on p.source_type = 'order' and p.source_iid = n.order_id and p.type in ('accrual', 'redeem')
    left join ledger.postings r on r.account_id = p.account_id and r.reverses_seq = p.seq
    where n.is_canceled and n.settled_at is not null and r.seq is null and not n.refused @> ${thisOne}`,
  ),

  'points of an order wait for a status that it has not': check(
    'waiting',
    `
    select p.account_id, format('posting %s of order %s, which is %s, waits still', p.seq, o.id, o.status)
    from ledger.lots l
    join ledger.postings p on p.account_id = l.account_id and p.seq = l.seq and p.source_type = 'order'
    join market.orders o on o.id = p.source_iid and o.origin = 'commit' and o.deleted_at is null
    join catalog.programs g on g.id = o.program_id
    left join market.order_points n on n.order_id = o.id
    where l.activates_at = 'infinity' and l.has_free
      and not (n.order_id is not null and n.settled_at is null)
      and not coalesce(n.refused @> ${thisOne}, false)
      and (
        jsonb_typeof(g.order_points -> 'activated_by') is distinct from 'array'
        or (g.order_points -> 'activated_by') || (g.order_points -> 'canceled_by') ? o.status
      )`,
  ),

  'uses of a limited promotion are the orders it applied to': check(
    'uses',
    `
    select ${noAccount}, format('promotion %s is counted %s times, %s given; its orders are %s, with %s',
      u.promotion_id, u.uses, u.granted, d.uses, market.granted(u.promotion_id, u.currency_iid))
    from market.promotion_uses u
    left join lateral (
      select count(*) as uses from market.order_promotions where promotion_id = u.promotion_id
    ) d on true
    where u.uses <> d.uses or u.granted <> market.granted(u.promotion_id, u.currency_iid)`,
  ),

  'a promo code counts its holders and its uses': check(
    'codes',
    `
    select ${noAccount}, format('code %s has %s holders and %s uses', c.code_id, c.holders, c.uses)
    from codes.codes c
    where c.uses <> (select count(*) from codes.activations a where a.code_id = c.code_id)
      or c.holders <> (select count(*) from codes.holders h where h.code_id = c.code_id)`,
  ),

  'a promo code that an order activated is one of those it applied': check(
    'activations',
    `
    select ${noAccount}, format('order %s activated code %s', o.id, c.code_id)
    from codes.activations a
    join codes.codes c on c.code_id = a.code_id
    join market.orders o on o.external_id = a.order_external_id and o.origin = 'commit'
    where exists (
      select from market.order_promotions d where d.order_id = o.id and d.applied_at = a.activated_at
    )
      and not o.answer @> jsonb_build_object(
        'promo_codes', jsonb_build_array(jsonb_build_object('code', c.code, 'applied', true))
      )`,
  ),
};
