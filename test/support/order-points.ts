import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { changeLineStatus, writeOrders } from '../../src/db/commands/orders';
import type { CommitAnswer } from '../../src/domain/checkout';
import type { NotedOrder } from '../../src/domain/order-points';
import { isRefusal } from '../../src/domain/refusal';
import { newOrderId } from './checkout';
import { enrol, makePerson, type Person } from './people';
import type { Backend } from './service';
import type { Member } from './spec';
import type { Json } from './wire';

/** Where statuses of orders decide on points, in world.sql. */
export const statusProgram = 9;

const lines = [
  { external_id: '1', product: 'P1', count: 1, base_price_per_item: '1000.00' },
  { external_id: '2', product: 'P2', count: 1, base_price_per_item: '500.00' },
];

/** An order of two lines that earns 150 stars and 1,500 rank; less, if it is paid with 30 stars. */
export const countedOrder = (further: Json = {}): Json => ({
  ...{ endpoint: 'counter', status: 'new', currency: 'RUB', total_price: '1500.00', lines },
  ...further,
});

/** Confirms such an order for a member who has 100 stars, and pays with 30 of them. */
export async function confirmCounted({ ask }: Member): Promise<{ order_external_id: string }> {
  await ask('/loyalty/accrue_points', { points_currency_eid: 'stars', amount: '100' });
  const external_id = newOrderId();
  const points_payment = [{ points_currency_eid: 'stars', amount: '30' }];
  const data = countedOrder({ points_payment, final_total_price: '1470.00' });
  const answer = await ask('/market/orders/preorder_commit', { external_id, data });
  expect(answer.data).toMatchObject({
    balances: [{ points_currency_eid: 'stars', total_balance: '217.00', active_balance: '70.00' }],
  });
  return { order_external_id: external_id };
}

/** What the member has of stars. */
export async function starsOf({ ask }: Member): Promise<unknown> {
  return (await ask('/loyalty/account/balance', { points_currency_eid: 'stars' })).data;
}

/** The same order as orders/import takes it, with a status of each line where one is given. */
export const importedOrder = (external_id: unknown, status: string, ...ofLines: string[]): Json => ({
  ...{ external_id, endpoint: 'counter', status, currency: 'RUB', total_price: '1500' },
  lines: lines.map(({ base_price_per_item, ...line }, index) => ({
    ...{ ...line, base_price_per_item: base_price_per_item.replace('.00', '') },
    ...(ofLines[index] !== undefined && { status: ofLines[index] }),
  })),
});

/** Confirms and changes orders of the program below the HTTP API, as its handlers do. */
export class Shop {
  constructor(private readonly backend: Backend) {}

  async customer(): Promise<Person> {
    const person = await makePerson(this.backend, statusProgram);
    await enrol(this.backend, person, statusProgram);
    return person;
  }

  async confirm(
    { profile_id }: Person,
    { status = 'new', external_id = newOrderId() } = {},
  ): Promise<CommitAnswer> {
    const order = { ...countedOrder({ status }), external_id, final_total_price: '1500.00' };
    const outcome = await this.backend.gateway.commitOrder(
      {
        order: order as never,
        ...{ profile_id, request_hash: external_id, skip_triggers: true },
        not_after: new Date(Date.now() + 60_000).toISOString(),
      },
      { program: 'statuses', member: profile_id },
    );
    if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome));
    return outcome;
  }

  /** As orders/import does, up to noting whose points are to be looked at. */
  async import(external_id: string, status: string, ...ofLines: string[]): Promise<NotedOrder[]> {
    const { market, databases } = await loadSnapshot(this.backend.pool);
    const item = { ...importedOrder(external_id, status, ...ofLines), customer: null };
    const { outcomes, noted } = await writeOrders(this.backend.pool, [item as never], {
      market,
      databaseOf: (id) => databases.get(id),
      now: new Date().toISOString(),
    });
    if (outcomes.some((outcome) => !('id' in outcome))) throw new Error(JSON.stringify(outcomes));
    return noted;
  }

  async setLine(order_id: number, line: string, status: string): Promise<NotedOrder[]> {
    const change = { line, status, now: new Date().toISOString() };
    return (await changeLineStatus(this.backend.pool, order_id, change))?.noted ?? [];
  }

  /** Has the points of noted orders looked at. */
  settle(noted: readonly NotedOrder[]) {
    return Promise.all(noted.map((order) => this.backend.gateway.settleOrderPoints(order)));
  }

  /** What is left of the postings of an order, such as "accrual 100 waiting, redeem 20". */
  async postings(order_id: number): Promise<string> {
    const { rows } = await this.backend.pool.query(
      `select p.type || ' ' || trim_scale(p.amount)
         || case when l.activates_at = 'infinity' then ' waiting' else '' end as it
       from ledger.postings p
       join ledger.accounts a on a.account_id = p.account_id and a.currency_iid = 25
       left join ledger.lots l on l.account_id = p.account_id and l.seq = p.seq
       where p.source_type = 'order' and p.source_iid = $1 and p.type in ('accrual', 'redeem')
         and not exists (
           select from ledger.postings r where r.account_id = p.account_id and r.reverses_seq = p.seq
         )
       order by p.seq`,
      [order_id],
    );
    return rows.map(({ it }) => it).join(', ');
  }

  /** How many orders are noted and not looked at yet, of those with these ids, or of all. */
  async unsettled(orderIds: number[] | null = null): Promise<number> {
    const { rows } = await this.backend.pool.query(
      `select count(*)::int as count from market.order_points
       where settled_at is null and ($1::int[] is null or order_id = any ($1::int[]))`,
      [orderIds],
    );
    return rows[0].count;
  }
}
