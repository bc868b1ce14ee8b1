import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { decimal, toFixedScale } from '../domain/amount';
import {
  type CheckoutSettings,
  type CommitAnswer,
  type CommitOrder,
  type CommitOutcome,
  checkoutAnswer,
  finalPriceOf,
  type PaymentWish,
  type PricedCheckout,
} from '../domain/checkout';
import { awaitsStatus, isCanceledBy } from '../domain/order-points';
import { awaitingStatus, deedsOf, type LinePosting, postingsOf, usesOf } from '../domain/order-postings';
import { totalsOf } from '../domain/promotion/price';
import { divide, fromWholeMoney, sum } from '../domain/promotion/whole';
import { isRefusal, refuse } from '../domain/refusal';
import type { OrderPointsValues } from '../domain/settings';
import { holdRule, noteOrders } from './commands/order-points';
import { activateCodes } from './commands/promo-codes';
import { isReferenceViolation } from './faults';
import { postOperations } from './ledger';
import { priceRequest, readBalances } from './queries/checkout';
import { findCommitted } from './queries/committed-orders';
import { findMemberById } from './queries/profiles';
import { command, type Queryable, query, queryFirst, queryOne } from './query';
import { inTransaction } from './transaction';

/** Confirming an order: its price, its row, its points, codes and uses, in one transaction. */

const json = z.string();

/** Orders of one customer are confirmed one after the other; nobody else waits for it but a deletion. */
const lockProfile = queryFirst({
  name: 'commit-lock-profile',
  parameters: [z.string()],
  row: z.object({ profile_id: z.string() }),
  text: 'select profile_id from directory.profiles where profile_id = $1 for no key update',
});

const insertOrder = queryFirst({
  name: 'commit-insert-order',
  parameters: [json],
  row: z.object({ id: z.int() }),
  text: `
    insert into market.orders (
      external_id, origin, endpoint, status, currency, region, profile_id, total_price, discount_amount,
      points_payment_amount, final_total_price, delivery_cost, tags, custom_fields, create_time, update_time,
      program_id, request_hash, points_asked
    )
    select
      external_id, 'commit', endpoint, status, currency, region, profile_id, total_price, discount_amount,
      points_payment_amount, final_total_price, delivery_cost, tags, custom_fields, create_time, update_time,
      program_id, request_hash, points_asked
    from jsonb_populate_record(null::market.orders, $1::jsonb)
    on conflict (external_id) do nothing
    returning id`,
});

const insertLines = command({
  name: 'commit-insert-lines',
  parameters: [z.int(), json],
  text: `
    insert into market.order_lines (
      order_id, line_no, external_id, goods_id, count, base_price_per_item, min_price_per_item,
      final_price_per_item, total_price, discount_amount, points_payment_amount, final_total_price,
      custom_fields
    )
    select
      $1, line_no, external_id, goods_id, count, base_price_per_item, min_price_per_item,
      final_price_per_item, total_price, discount_amount, points_payment_amount, final_total_price,
      custom_fields
    from jsonb_populate_recordset(null::market.order_lines, $2::jsonb)`,
});

const insertDeeds = command({
  name: 'commit-insert-promotions',
  parameters: [z.int(), z.string(), z.string(), json],
  text: `
    insert into market.order_promotions (
      order_id, profile_id, applied_at, promotion_id, promotion_eid, discount_amount, points_accrued,
      points_redeemed, accrued
    )
    select
      $1, $2, $3::timestamptz, promo_iid, promo_eid, discount_amount, points_accrued, points_redeemed, accrued
    from jsonb_to_recordset($4::jsonb) as d(
      promo_iid int, promo_eid text, discount_amount numeric, points_accrued numeric, points_redeemed numeric,
      accrued jsonb
    )`,
});

const storeAnswer = command({
  name: 'commit-store-answer',
  parameters: [z.int(), json],
  text: 'update market.orders set answer = $2::jsonb where id = $1',
});

const tell = command({
  name: 'commit-tell',
  parameters: [z.string(), z.int().nullable(), z.int().nullable(), z.string(), json],
  text: `
    insert into feed.events (type, happened_at, program_id, database_id, profile_id, data)
    values ('market_order_created', $1::timestamptz, $2, $3, $4, $5::jsonb)`,
});

/** Each date in the program's time zone, with month ends clamped; periods end with their day. */
const workOutDates = query({
  name: 'commit-dates',
  parameters: [json, z.string(), z.string()],
  row: z.object({ item: z.int(), activates_at: z.string().nullable(), expires_at: z.string().nullable() }),
  text: `
    select d.item, d.activates_at, ledger.end_of_life(
      case d.expiration ->> 'from' when 'accrual' then $2::timestamptz else coalesce(
        d.activates_at, ledger.lot_activation(d.currency_iid, 'order', $2::timestamptz)
      ) end, d.expiration, $3
    ) as expires_at
    from (
      select w.item, w.currency_iid, w.expiration,
        ledger.delayed($2::timestamptz, w.activation, $3) as activates_at
      from jsonb_to_recordset($1::jsonb) as w(item int, currency_iid int, activation jsonb, expiration jsonb)
    ) d
    order by d.item`,
});

const countUses = queryOne({
  name: 'commit-count-uses',
  parameters: [json],
  row: z.object({ are_counted: z.boolean() }),
  text: 'select market.count_uses($1::jsonb) as are_counted',
});

/** Somebody was faster to points, a promo code, a limited promotion: priced again, it comes out otherwise. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

const mostAttempts = 20;

/**
 * Confirms an order at a moment (RFC 3339 UTC): all of it is written, or nothing. The same request again gets
 * the first answer. `origin` is the id of the workflow that asks. Refusals: those of priceRequest,
 * order_reused, price_changed, request_expired. Throws Overtaken if too many were faster, and what Postgres
 * throws.
 */
export async function commitOrder(
  pool: Pool,
  settings: CheckoutSettings,
  request: CommitOrder,
  context: Context,
): Promise<CommitOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, '', (db) => commitIn(db, settings, request, context));
    } catch (error) {
      // What the order names may be deleted while it is priced, too.
      if (!(error instanceof Overtaken) && !isReferenceViolation(error)) throw error;
      if (attempt === mostAttempts) throw new Overtaken('Others were faster', { cause: error });
    }
  }
}

type Context = { at: string; origin: string; newId(): string };

async function commitIn(
  db: PoolClient,
  settings: CheckoutSettings,
  request: CommitOrder,
  context: Context,
): Promise<CommitOutcome> {
  const { order, profile_id, not_after, request_hash } = request;
  const { at } = context;
  if (!(await lockProfile(db, profile_id))) {
    return refuse('profile_not_found', { matching: `profile_id "${profile_id}"` });
  }
  const known = await findCommitted(db, order.external_id);
  if (known) return repeated(known, request);
  if (Date.parse(at) > Date.parse(not_after)) return refuse('request_expired', {});
  const person = await personIn(db, settings, profile_id);
  const checkout = await priceRequest(db, settings, order, person, at);
  if (isRefusal(checkout)) return checkout;
  const expected = finalPriceOf(checkout);
  if (!decimal(expected).equals(order.final_total_price)) {
    return refuse('price_changed', { expected, got: order.final_total_price });
  }
  const rule = await ruleOf(db, settings);
  const id = await writeOrder(db, checkout, {
    ...{ program_id: settings.program?.id ?? null, request_hash },
    points_asked: order.points_payment ?? [],
  });
  if (id === undefined) throw new Overtaken();
  const answer = await carryOut(db, settings, request, { ...context, checkout, person, order_id: id, rule });
  await storeAnswer(db, id, JSON.stringify(answer));
  if (isCanceledBy(rule, checkout.record.status)) await noteOrders(db, [id], [true]);
  return answer;
}

function repeated(
  { request_hash, answer }: { request_hash: string | null; answer: unknown },
  request: CommitOrder,
): CommitOutcome {
  if (request_hash === request.request_hash) return answer as CommitAnswer;
  return refuse('order_reused', { order: request.order.external_id });
}

/** Held until the end, so that no points come to wait for what just ceased to count; before any account. */
async function ruleOf(db: Queryable, { program }: CheckoutSettings): Promise<OrderPointsValues | null> {
  if (!program?.orderPoints) return null;
  return (await holdRule(db, program.id))?.order_points ?? null;
}

async function personIn(db: Queryable, { channel, program }: CheckoutSettings, profileId: string) {
  const [row] = await findMemberById(db, channel.database_id, program?.id ?? 0, profileId);
  return { profile_id: profileId, member_id: row?.member_id ?? null };
}

/** The order and its lines; undefined if somebody is just making one of the same external id. */
async function writeOrder(
  db: Queryable,
  checkout: PricedCheckout,
  own: { program_id: number | null; request_hash: string; points_asked: readonly PaymentWish[] },
): Promise<number | undefined> {
  const { record, priced } = checkout;
  const money = (whole: bigint) => fromWholeMoney(whole, priced.scale);
  const totals = totalsOf(priced.lines);
  const row = {
    ...record,
    ...own,
    discount_amount: money(totals.merchantDiscount + totals.discount),
    points_payment_amount: money(totals.paid),
    final_total_price: finalPriceOf(checkout),
  };
  const inserted = await insertOrder(db, JSON.stringify(row));
  if (!inserted) return undefined;
  const lines = priced.lines.map(({ line, total, merchantDiscount, discounts, payments, final }, index) => ({
    ...record.lines[index],
    line_no: index + 1,
    final_price_per_item: money(divide(final, BigInt(line.count), 'half_up')),
    total_price: money(total),
    discount_amount: money(merchantDiscount + sum(discounts.map((it) => it.money))),
    points_payment_amount: money(sum(payments.map((it) => it.money))),
    final_total_price: money(final),
  }));
  await insertLines(db, inserted.id, JSON.stringify(lines));
  return inserted.id;
}

type Confirmed = Context & {
  checkout: PricedCheckout;
  person: { profile_id: string; member_id: string | null };
  order_id: number;
  rule: OrderPointsValues | null;
};

/** Points first, then codes, then uses: everybody takes locks in this order. */
async function carryOut(
  db: Queryable,
  settings: CheckoutSettings,
  request: CommitOrder,
  confirmed: Confirmed,
): Promise<CommitAnswer> {
  const { checkout, person, order_id, at } = confirmed;
  const { pricing } = settings;
  const postings = await post(db, settings, request, confirmed);
  await useCodes(db, checkout, person.profile_id, at);
  await count(db, checkout);
  const answer = checkoutAnswer(checkout, pricing, true);
  await insertDeeds(db, order_id, person.profile_id, at, JSON.stringify(deedsOf(checkout, answer)));
  if (!request.skip_triggers) await tellOrder(db, settings, person.profile_id, { ...answer, order_id }, at);
  return {
    order_id,
    order_status: checkout.record.status,
    ...answer,
    transactions: postings.map(transactionOf),
    balances: await balancesOf(db, settings, person.member_id, at),
  };
}

/** The points of the order, in the ledger. */
async function post(
  db: Queryable,
  { program }: CheckoutSettings,
  { not_after, order }: CommitOrder,
  confirmed: Confirmed,
): Promise<LinePosting[]> {
  const { checkout, person, order_id, at, origin, newId } = confirmed;
  if (!program || person.member_id === null) return [];
  const account = {
    ...{ program_id: program.id, member_id: person.member_id, order_id },
    ...{ external_id: order.external_id, not_after },
  };
  const { rule } = confirmed;
  const planned = postingsOf(checkout, account, newId);
  const waiting = awaitsStatus(rule, checkout.record.status) ? planned.map(awaitingStatus) : planned;
  const postings = await dated(db, waiting, program.timezone, at);
  if (postings.length === 0) return [];
  const operations = postings.map(({ operation }) => operation);
  for (const outcome of await postOperations(db, operations, at, origin)) {
    if (isRefusal(outcome)) throw new Overtaken();
  }
  return postings;
}

/** The postings, with the dates that promotions give them; the others get those of their currency. */
async function dated(
  db: Queryable,
  postings: readonly LinePosting[],
  timezone: string,
  at: string,
): Promise<LinePosting[]> {
  const wanted = postings.flatMap(({ operation: { currency_iid }, activation, expiration }, item) =>
    activation || expiration ? [{ item, currency_iid, activation, expiration }] : [],
  );
  if (wanted.length === 0) return [...postings];
  const dates = new Map(
    (await workOutDates(db, JSON.stringify(wanted), at, timezone)).map(({ item, ...row }) => [item, row]),
  );
  return postings.map((posting, item) => {
    const { activates_at, expires_at } = dates.get(item) ?? {};
    const own = { ...(activates_at && { activates_at }), ...(expires_at && { expires_at }) };
    return { ...posting, operation: { ...posting.operation, ...own } };
  });
}

async function useCodes(db: Queryable, { record, codes }: PricedCheckout, profileId: string, at: string) {
  const used = codes.filter(({ applied, isIssued }) => applied && isIssued).map(({ code }) => code);
  const failed = await activateCodes(db, { codes: used, profileId, orderExternalId: record.external_id, at });
  if (failed.length > 0) throw new Overtaken();
}

async function count(db: Queryable, checkout: PricedCheckout): Promise<void> {
  const uses = usesOf(checkout);
  if (uses.length === 0) return;
  const { are_counted } = await countUses(db, JSON.stringify(uses));
  if (!are_counted) throw new Overtaken();
}

async function tellOrder(
  db: Queryable,
  { program, channel }: CheckoutSettings,
  profileId: string,
  answer: Pick<CommitAnswer, 'order_id' | 'external_id' | 'currency' | 'total_price' | 'final_total_price'>,
  at: string,
): Promise<void> {
  const { order_id, external_id, currency, total_price, final_total_price } = answer;
  const data = { order_id, order_external_id: external_id, currency, total_price, final_total_price };
  const databaseId = program ? null : channel.database_id;
  await tell(db, at, program?.id ?? null, databaseId, profileId, JSON.stringify(data));
}

function transactionOf({ operation, currency, line }: LinePosting): CommitAnswer['transactions'][number] {
  return {
    transaction_id: operation.transaction_id,
    transaction_type: operation.verb === 'accrue' ? 'accrual' : 'redeem',
    points_currency_eid: currency.eid,
    amount: toFixedScale(operation.amount, currency.scale),
    line_external_id: line.externalId,
  };
}

/** What the member has afterwards, in each standard currency. */
async function balancesOf(
  db: Queryable,
  { pricing }: CheckoutSettings,
  memberId: string | null,
  at: string,
): Promise<CommitAnswer['balances']> {
  if (memberId === null || !pricing) return [];
  const rows = await readBalances(db, memberId, at);
  return pricing.terms.currencies.flatMap(({ iid, eid, scale, type }) => {
    const row = rows.find(({ currency_iid }) => currency_iid === iid);
    if (!row || type !== 'standard') return [];
    return [
      {
        points_currency_eid: eid,
        total_balance: toFixedScale(row.total, scale),
        active_balance: toFixedScale(row.active, scale),
      },
    ];
  });
}
