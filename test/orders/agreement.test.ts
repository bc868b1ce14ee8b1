import fc from 'fast-check';
import { decimal } from '../../src/domain/amount';
import { type DrawnShop, shop } from '../support/drawn-shops';
import type { Person } from '../support/people';
import { numbered, openShops, orderData, type Shops } from '../support/shops';
import { asXml, type Json, type WireFormat } from '../support/wire';

/**
 * Whatever the program and the order are: everybody who prices it says the same, and what is written is what
 * was said. TEST_RUNS=1000 draws more of them.
 */
const numRuns = Number(process.env.TEST_RUNS ?? 20);

let shops: Shops;
let orders = 0;

beforeAll(async () => {
  shops = await openShops();
}, 60_000);
afterAll(() => shops.close());

const preorder = '/market/orders/preorder';
const commit = '/market/orders/preorder_commit';

test(
  'preorder, commit, test and ledger agree, in JSON and in XML',
  () =>
    fc.assert(
      fc.asyncProperty(shop, fc.infiniteStream(fc.nat()), async (drawn, dice) => {
        await agree(drawn, dice.next().value);
      }),
      { numRuns, endOnFailure: process.env.TEST_RUNS === undefined && process.env.CI !== undefined },
    ),
  3_600_000,
);

async function agree(drawn: DrawnShop, dice: number): Promise<void> {
  const promotions = numbered(drawn.promotions);
  await shops.setUp({ ...drawn, promotions });
  const person = await shops.customer(drawn.program, drawn.customer);
  const codes = [
    ...(await shops.issue(drawn.program, 'own', drawn.codes.own)),
    ...(await shops.issue(drawn.program, 'shared', drawn.codes.shared)),
  ];
  const order = { explain: true, email: person.email, data: orderData(drawn, codes) };
  const asked = { ...order, matching: 'email', external_id: 'test' };
  const priced = await shops.ask(preorder, asked);
  expect(await shops.ask(preorder, asked, 'xml')).toEqual(asXml(priced));

  if (dice % 4 === 0) {
    const turned = (id: number) => (id * dice) % 101;
    await shops.setUp({ ...drawn, promotions: [...promotions].sort((a, b) => turned(a.id) - turned(b.id)) });
    expect(await shops.ask(preorder, asked)).toEqual(priced);
  }
  const external_id = `order-${++orders}`;
  const { data: answer } = priced as { data: Json };
  const final_total_price = answer?.final_total_price ?? order.data.total_price;
  const request = { ...order, external_id, data: { ...order.data, final_total_price } };
  const before = await stateOf(person, external_id);
  if (priced.error !== 0) {
    expect([400, 422]).toContain(priced.error);
    expect(await shops.ask(commit, request, drawn.format)).toEqual(inFormat(priced, drawn.format));
    expect(await stateOf(person, external_id)).toEqual(before);
    return;
  }
  if (drawn.customer.isMember) {
    const tested = await shops.test({ profile_id: person.profile_id, order: order.data });
    expect(tested).toEqual(answer);
  }
  checkSums(answer, drawn);

  const other = drawn.format === 'json' ? 'xml' : 'json';
  const confirmed = await shops.ask(commit, request, drawn.format);
  const after = await stateOf(person, external_id);
  const repeated = await shops.ask(commit, request, other);
  expect(await stateOf(person, external_id)).toEqual(after);
  const [json, xml] = drawn.format === 'json' ? [confirmed, repeated] : [repeated, confirmed];
  expect(JSON.stringify(xml)).toBe(JSON.stringify(asXml(json)));
  const { order_id, order_status, transactions, balances, ...rest } = json.data as Json;
  expect(rest).toEqual({ ...answer, external_id });
  expect(order_status).toBe('new');
  await checkWritten(json.data as Json, person, drawn);
}

const inFormat = (answer: Json, format: WireFormat) => (format === 'json' ? answer : asXml(answer));

const sum = (amounts: readonly unknown[]) =>
  amounts.reduce<ReturnType<typeof decimal>>((total, it) => total.plus(String(it ?? '0')), decimal('0'));

/** Sums that must hold in every answer; the figures are those of the request, worked out anew. */
function checkSums(answer: Json, { order }: DrawnShop): void {
  const lines = answer.lines as Json[];
  const asked = order.lines as Json[];
  const delivery = order.withDelivery ? (order.delivery_cost ?? '0') : '0';
  for (const [index, line] of lines.entries()) {
    const {
      base_price_per_item: base,
      min_price_per_item: min,
      final_price_per_item: own,
      count,
    } = asked[index] as Json;
    const total = decimal(String(base)).times(Number(count));
    const price =
      own !== undefined && decimal(String(own)).lessThan(String(base)) ? String(own) : String(base);
    const floor = decimal(String(min ?? '0')).lessThan(price) ? String(min ?? '0') : price;
    const parts = [line.discount_amount, line.points_payment_amount, line.final_total_price];
    expect([line.total_price, sum(parts)].map(String)).toEqual([
      expect.anything(),
      String(sum([line.total_price])),
    ]);
    expect(sum([line.total_price]).equals(total)).toBe(true);
    expect(sum([line.final_total_price]).greaterThanOrEqualTo(decimal(floor).times(Number(count)))).toBe(
      true,
    );
    const applied = line.applied as Json[];
    const promoted = sum(applied.map((it) => it.discount_amount));
    expect(String(promoted.plus(String(line.merchant_discount_amount ?? '0')))).toBe(
      String(sum([line.discount_amount])),
    );
    for (const { amount, points_currency_eid: eid } of line.points_accrued as Json[]) {
      const given = applied.flatMap((it) =>
        (it.points_accrued as Json[]).filter((one) => one.points_currency_eid === eid),
      );
      expect(String(sum(given.map((it) => it.amount)))).toBe(String(sum([amount])));
    }
  }
  for (const key of ['discount_amount', 'points_payment_amount', 'total_price', 'final_total_price']) {
    const ofLines = sum(lines.map((line) => line[key])).plus(
      key.endsWith('total_price') ? String(delivery) : '0',
    );
    expect([key, String(sum([answer[key]]))]).toEqual([key, String(ofLines)]);
  }
  for (const { points_currency_eid: eid, amount } of answer.points_accrued as Json[]) {
    const ofLines = lines.flatMap((line) =>
      (line.points_accrued as Json[]).filter((it) => it.points_currency_eid === eid).map((it) => it.amount),
    );
    expect([eid, String(sum(ofLines))]).toEqual([eid, String(sum([amount]))]);
  }
}

/** What the database has of an order: rows, and all that moves with it. */
async function stateOf({ profile_id }: Person, external_id: string): Promise<Json> {
  const { rows } = await shops.backend.pool.query(
    `select
       (select count(*) from market.orders where external_id = $2) as orders,
       (select count(*) from ledger.postings) as postings,
       (select count(*) from feed.events) as events,
       (select count(*) from market.order_promotions) as deeds,
       (select count(*) from codes.activations) as activations,
       (select coalesce(sum(uses), 0) from market.promotion_uses) as uses,
       (select jsonb_object_agg(a.currency_iid, a.balance) from ledger.accounts a
        join ledger.members m using (member_id) where m.profile_id = $1) as balances`,
    [profile_id, external_id],
  );
  return rows[0] as Json;
}

type Row = Record<string, string>;

async function checkWritten(answer: Json, person: Person, { program }: DrawnShop): Promise<void> {
  const { pool } = shops.backend;
  const read = async (text: string) => (await pool.query<Row>(text, [answer.order_id])).rows;
  const same = (value: unknown, amount: unknown) => [String(value), String(sum([amount]))];
  const money = ['total_price', 'discount_amount', 'points_payment_amount', 'final_total_price'];
  const [order] = await read('select * from market.orders where id = $1');
  const lines = await read('select * from market.order_lines where order_id = $1 order by line_no');
  for (const key of [...money, 'delivery_cost']) {
    const [stored, said] = same(sum([order?.[key]]), answer[key]);
    expect([key, stored]).toEqual([key, said]);
  }
  for (const [index, line] of (answer.lines as Json[]).entries()) {
    for (const key of money) {
      const [stored, said] = same(sum([lines[index]?.[key]]), line[key]);
      expect([index, key, stored]).toEqual([index, key, said]);
    }
  }
  expect(lines).toHaveLength((answer.lines as Json[]).length);

  const deeds = await read('select * from market.order_promotions where order_id = $1 order by promotion_id');
  const promotions = answer.promotions as Json[];
  expect(deeds.map((it) => it.promotion_eid)).toEqual(promotions.map((it) => it.promo_eid));
  for (const [index, promotion] of promotions.entries()) {
    for (const key of ['discount_amount', 'points_accrued', 'points_redeemed']) {
      const [stored, said] = same(sum([deeds[index]?.[key]]), promotion[key]);
      expect([promotion.promo_eid, key, stored]).toEqual([promotion.promo_eid, key, said]);
    }
  }

  const postings = await read(
    `select p.transaction_id, p.type, trim_scale(p.amount)::text as amount, c.eid, p.source_subiid,
       p.promotion_eid, p.product_eid, p.sku_eid
     from ledger.postings p join ledger.accounts a using (account_id)
     join catalog.currencies c on c.iid = a.currency_iid
     where p.source_type = 'order' and p.source_iid = $1
     order by p.type = 'accrual', p.source_subiid, p.promotion_eid, c.eid`,
  );
  const told = answer.transactions as Json[];
  expect(postings.map((it) => it.transaction_id).sort()).toEqual(told.map((it) => it.transaction_id).sort());
  expect(postings.map(rowText).sort()).toEqual(ledgerRowsOf(answer).sort());
  const said = told.map(
    (it) => `${it.transaction_type} ${it.line_external_id} ${it.points_currency_eid} ${sum([it.amount])}`,
  );
  const written = postings.map((it) => `${it.type} l${it.source_subiid} ${it.eid} ${it.amount}`);
  expect(written.sort()).toEqual(said.sort());

  for (const { points_currency_eid: eid, total_balance, active_balance } of answer.balances as Json[]) {
    const body = {
      loyalty_program_id: program,
      matching: 'email',
      email: person.email,
      points_currency_eid: eid,
    };
    const { data } = await shops.ask('/loyalty/account/balance', body);
    expect(data).toEqual({ total_balance, active_balance });
  }
}

const rowText = ({ type, source_subiid, promotion_eid, eid, amount }: Row) =>
  `${type} ${source_subiid} ${promotion_eid} ${eid} ${amount}`;

/** The rows of the ledger that the explanation promises. */
function ledgerRowsOf({ lines }: Json): string[] {
  return (lines as Json[]).flatMap(({ applied }, index) =>
    (applied as Json[]).flatMap(({ promo_eid, points_accrued, points_redeemed }) => {
      const rows = (type: string, list: unknown) =>
        (list as Json[]).map(
          ({ points_currency_eid: eid, amount }) =>
            `${type} ${index + 1} ${promo_eid} ${eid} ${sum([amount])}`,
        );
      return [...rows('accrual', points_accrued), ...rows('redeem', points_redeemed)];
    }),
  );
}
