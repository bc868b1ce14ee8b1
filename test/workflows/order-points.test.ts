import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { removeOrder } from '../../src/db/commands/orders';
import { changeProgram } from '../../src/db/commands/programs';
import { ledgerChecks } from '../../src/db/queries/check';
import { findOrder } from '../../src/db/queries/orders';
import type { OrderPointsValues } from '../../src/domain/settings';
import { orderPointsWorkflowId } from '../../workflows/protocol';
import { newOrderId } from '../support/checkout';
import { Shop, statusProgram } from '../support/order-points';
import type { Person } from '../support/people';
import { type Backend, startBackend } from '../support/service';
import { until } from '../support/until';

let backend: Backend;
let client: Client;
let shop: Shop;
let ann: Person;

beforeAll(async () => {
  backend = await startBackend(
    {},
    {
      beforeWorker: async (pool) => {
        await pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
      },
    },
  );
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
  shop = new Shop(backend);
});
beforeEach(async () => {
  ann = await shop.customer();
});
afterAll(async () => {
  await client.connection.close();
  await backend.close();
});

const rule = (change: Partial<OrderPointsValues> | null) =>
  changeProgram(backend.pool, statusProgram, {
    order_points: change && { activated_by: null, canceled_by: [], refunded_lines: false, ...change },
  });

const transactionsOf = async (orderId: number, type = 'accrual') =>
  (
    await backend.pool.query(
      `select p.transaction_id, a.member_id, a.currency_iid
       from ledger.postings p join ledger.accounts a using (account_id)
       where p.source_type = 'order' and p.source_iid = $1 and p.type::text = $2 and a.currency_iid = 25
       order by p.seq`,
      [orderId, type],
    )
  ).rows as { transaction_id: string; member_id: string; currency_iid: number }[];

const cancelByHand = async (orderId: number) => {
  const [first] = await transactionsOf(orderId);
  if (!first) throw new Error('The order has no accrual');
  const { transaction_id: target_id, ...account } = first;
  const about = { ...account, program_id: statusProgram, target_id, source_type: 'api' as const };
  return backend.gateway.post({ verb: 'cancel', ...about, transaction_id: uuidv7() });
};

test('a status activates points once, and another takes them back for good', async () => {
  const { order_id, external_id, balances } = await shop.confirm(ann);
  expect(balances).toEqual([
    { points_currency_eid: 'stars', total_balance: '150.00', active_balance: '0.00' },
  ]);
  expect(await shop.postings(order_id)).toBe('accrual 100 waiting, accrual 50 waiting');
  expect(await shop.settle(await shop.import(external_id, 'paid'))).toEqual([
    { activated: 0, canceled: 0, refused: [] },
  ]);
  expect(await shop.settle(await shop.import(external_id, 'delivered'))).toEqual([
    { activated: 4, canceled: 0, refused: [] },
  ]);
  expect(await shop.import(external_id, 'delivered')).toEqual([]);
  // The tier that was reached has paid its reward of 5 stars, which is not the order's.
  expect(await shop.postings(order_id)).toBe('accrual 100, accrual 50');
  expect(await shop.settle(await shop.import(external_id, 'canceled'))).toEqual([
    { activated: 0, canceled: 4, refused: [] },
  ]);
  await shop.settle(await shop.import(external_id, 'delivered'));
  expect(await shop.postings(order_id)).toBe('');
});

test('operators find the workflow by the order, the program and the member', async () => {
  const { external_id } = await shop.confirm(ann);
  await shop.settle(await shop.import(external_id, 'delivered'));
  const { searchAttributes, staticSummary } = await (async () => {
    const description = await client.workflow.getHandle(orderPointsWorkflowId(external_id)).describe();
    return { ...description, staticSummary: await description.staticSummary() };
  })();
  expect(staticSummary).toBe(`points of order ${external_id}`);
  expect(searchAttributes).toMatchObject({
    LoyaltyProgram: ['statuses'],
    LoyaltyMember: [ann.profile_id],
    LoyaltyKind: ['order_points'],
  });
});

test('a refunded line takes back its share, before points are active and after', async () => {
  const { order_id, external_id } = await shop.confirm(ann);
  await shop.settle(await shop.setLine(order_id, '2', 'refunded'));
  expect(await shop.postings(order_id)).toBe('accrual 100 waiting');
  await shop.settle(await shop.import(external_id, 'delivered'));
  expect(await shop.postings(order_id)).toBe('accrual 100');
  await shop.settle(await shop.import(external_id, 'delivered', 'canceled'));
  expect(await shop.postings(order_id)).toBe('');
});

test('points that were spent are refused, and not tried again until a status is said anew', async () => {
  const { order_id, external_id } = await shop.confirm(ann);
  await shop.settle(await shop.import(external_id, 'delivered'));
  const [first] = await transactionsOf(order_id);
  const account = { ...first, program_id: statusProgram, source_type: 'api' as const };
  const spending = uuidv7();
  const not_after = new Date(Date.now() + 60_000).toISOString();
  const spent = { ...account, verb: 'redeem', transaction_id: spending, amount: '20', not_after } as never;
  expect(await backend.gateway.post(spent)).toHaveProperty('balance_after');

  const [result] = await shop.settle(await shop.import(external_id, 'canceled'));
  expect(result).toEqual({
    ...{ activated: 0, canceled: 3 },
    refused: [{ transaction_id: first?.transaction_id, reason: 'points_spent' }],
  });
  expect(await shop.postings(order_id)).toBe('accrual 100');
  expect(await shop.unsettled([order_id])).toBe(0);

  const undo = { ...account, verb: 'cancel', transaction_id: uuidv7(), target_id: spending } as never;
  await backend.gateway.post(undo);
  expect(await shop.settle(await shop.import(external_id, 'canceled'))).toEqual([
    { activated: 0, canceled: 1, refused: [] },
  ]);
  expect(await shop.import(external_id, 'canceled')).toEqual([]);
});

test('what was cancelled by hand is left alone', async () => {
  const { order_id, external_id } = await shop.confirm(ann);
  expect(await cancelByHand(order_id)).toHaveProperty('balance');
  expect(await shop.settle(await shop.import(external_id, 'delivered'))).toEqual([
    { activated: 3, canceled: 0, refused: [] },
  ]);
  expect(await shop.settle(await shop.import(external_id, 'canceled'))).toEqual([
    { activated: 0, canceled: 3, refused: [] },
  ]);
});

test('an order that is confirmed in one of the statuses is as if it had come to it', async () => {
  const delivered = await shop.confirm(ann, { status: 'delivered' });
  expect(await shop.postings(delivered.order_id)).toBe('accrual 100, accrual 50');
  const canceled = await shop.confirm(ann, { status: 'canceled' });
  await backend.restartWorker();
  await until(async () => (await shop.postings(canceled.order_id)) === '');
});

test('the points of those who have left stay', async () => {
  const { order_id, external_id } = await shop.confirm(ann);
  const [first] = await transactionsOf(order_id);
  await backend.gateway.removeMember(statusProgram, first?.member_id ?? '');
  const [result] = await shop.settle(await shop.import(external_id, 'delivered'));
  expect(result?.refused.map(({ reason }) => reason)).toEqual(Array(4).fill('member_not_found'));
});

test('what nobody started is started by the workers', async () => {
  const orders = await Promise.all(Array.from({ length: 3 }, () => shop.confirm(ann)));
  for (const { external_id } of orders) await shop.import(external_id, 'canceled');
  expect(await shop.unsettled(orders.map(({ order_id }) => order_id))).toBe(3);
  await backend.restartWorker();
  await until(async () => (await shop.unsettled()) === 0);
  for (const { order_id } of orders) expect(await shop.postings(order_id)).toBe('');
});

test('an order is not deleted before its points were looked at', async () => {
  const { order_id, external_id } = await shop.confirm(ann);
  const noted = await shop.import(external_id, 'canceled');
  expect(await removeOrder(backend.pool, order_id, { keeping: false })).toBe(false);
  await shop.settle(noted);
  expect(await removeOrder(backend.pool, order_id, { keeping: false })).toBe(true);
  expect(await shop.postings(order_id)).toBe('');
});

test('who checks the ledger sees a lot whose dates nobody gave it', async () => {
  const { order_id } = await shop.confirm(ann);
  const find = ledgerChecks['every lot has the dates of its accrual, or of its activation'];
  const db = await backend.pool.connect();
  try {
    await db.query('begin');
    expect(await find(db)).toEqual([]);
    await db.query(
      `update ledger.lots set activates_at = now() where (account_id, seq) in (
         select account_id, seq from ledger.postings where source_iid = $1 and type = 'accrual')`,
      [order_id],
    );
    expect(await find(db)).toHaveLength(4);
  } finally {
    await db.query('rollback');
    db.release();
  }
});

describe('when the setting changes', () => {
  afterEach(async () => {
    await rule({ activated_by: ['delivered'], canceled_by: ['canceled'], refunded_lines: true });
  });

  test('orders whose points wait are looked at by the new one, and no others', async () => {
    const [waiting, active] = [await shop.confirm(ann), await shop.confirm(ann)];
    await shop.settle(await shop.import(active.external_id, 'delivered'));
    await rule({ activated_by: ['paid'], canceled_by: ['delivered', 'new'] });
    await backend.restartWorker();
    await until(async () => (await shop.unsettled()) === 0);
    expect(await shop.postings(waiting.order_id)).toBe('');
    expect(await shop.postings(active.order_id)).toBe('accrual 100, accrual 50');
  });

  test('switched off, nothing waits any more and nothing is taken back', async () => {
    const { order_id, external_id } = await shop.confirm(ann);
    await rule(null);
    await backend.restartWorker();
    await until(async () => (await shop.unsettled()) === 0);
    expect(await shop.postings(order_id)).toBe('accrual 100, accrual 50');
    expect(await shop.import(external_id, 'canceled')).toEqual([]);
    expect(await shop.setLine(order_id, '1', 'refunded')).toEqual([]);
  });

  test('while orders are confirmed, none is left waiting', async () => {
    const confirming = Array.from({ length: 12 }, () => shop.confirm(ann));
    await confirming[0];
    await rule(null);
    const orders = await Promise.all(confirming);
    await backend.restartWorker();
    await until(async () => (await shop.unsettled()) === 0);
    for (const { order_id } of orders) expect(await shop.postings(order_id)).toBe('accrual 100, accrual 50');
  });
});

describe('at the same time', () => {
  const rounds = Array.from({ length: 8 }, (_, index) => index);

  test('a status that comes while the order is being confirmed', async () => {
    const cancelAsSoonAsThere = async (external_id: string) => {
      await until(async () => (await findOrder(backend.pool, null, external_id)) !== undefined);
      await shop.settle(await shop.import(external_id, 'canceled'));
    };
    const ids = rounds.map(() => newOrderId());
    const [orders] = await Promise.all([
      Promise.all(ids.map((external_id) => shop.confirm(ann, { external_id }))),
      Promise.all(ids.map(cancelAsSoonAsThere)),
    ]);
    for (const { order_id } of orders) expect(await shop.postings(order_id)).toBe('');
  });

  test('two statuses: what was taken back stays so, and nothing is left to do', async () => {
    const orders = await Promise.all(rounds.map(() => shop.confirm(ann)));
    const both = orders.flatMap(({ external_id }) => [
      shop.import(external_id, 'delivered').then((noted) => shop.settle(noted)),
      shop.import(external_id, 'canceled').then((noted) => shop.settle(noted)),
    ]);
    await Promise.all(both);
    expect(await shop.unsettled(orders.map(({ order_id }) => order_id))).toBe(0);
    for (const { order_id, external_id } of orders) {
      const { status } = (await findOrder(backend.pool, null, external_id)) ?? {};
      const left = await shop.postings(order_id);
      expect(status === 'canceled' ? [''] : ['', 'accrual 100, accrual 50']).toContain(left);
    }
  });

  test('the status, and a cancellation by hand of the same transaction', async () => {
    const orders = await Promise.all(rounds.map(() => shop.confirm(ann)));
    await Promise.all(
      orders.flatMap(({ order_id, external_id }) => [
        cancelByHand(order_id),
        shop.import(external_id, 'canceled').then((noted) => shop.settle(noted)),
      ]),
    );
    for (const { order_id } of orders) expect(await shop.postings(order_id)).toBe('');
    const { rows } = await backend.pool.query(
      `select trim_scale(a.balance)::text as balance
       from ledger.accounts a join ledger.members m using (member_id)
       where m.profile_id = $1 and a.currency_iid = 25`,
      [ann.profile_id],
    );
    expect(rows).toEqual([{ balance: '0' }]);
  });
});
