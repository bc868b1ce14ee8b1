import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { adminSimulations } from '../../src/contract/admin/simulations';
import type { SimulationReport } from '../../src/domain/simulation';
import { enrolIn, programId, seedProgram } from './ledger';
import { answerChecker } from './openapi';
import type { Json } from './wire';

/** Simulates promotions of a service, with a token of scope admin. */
export function simulationsAt(url: () => string, token = 't0k') {
  const problemsOf = answerChecker(adminSimulations.start);

  async function ask(method: 'GET' | 'POST', path: string, body?: Json): Promise<Json & { http: number }> {
    const response = await fetch(`${url()}/admin/v1/${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { http: response.status, ...((await response.json()) as Json) };
  }

  const start = (promotionId: number, options: Json = {}) =>
    ask('POST', `promotions/${promotionId}/simulate`, options);

  const read = (id: unknown) => ask('GET', `simulations/${id}`);

  async function untilEnded(id: unknown): Promise<Json> {
    for (;;) {
      const { http: _, ...found } = await read(id);
      expect(problemsOf(found)).toEqual([]);
      if (found.status === 'done' || found.status === 'failed') return found;
      await setTimeout(20);
    }
  }

  /** The report of a simulation that must come to one. */
  async function run(promotionId: number, options: Json = {}): Promise<SimulationReport> {
    const { id, ...rest } = await start(promotionId, options);
    if (id === undefined) throw new Error(JSON.stringify(rest));
    const ended = await untilEnded(id);
    expect(ended).toMatchObject({ status: 'done', error_text: null });
    return ended.report as SimulationReport;
  }

  return { ask, start, read, untilEnded, run };
}

/** A program, a draft of ten percent off, so many orders of 10.00 of one member; answers the draft's id. */
export async function seedPastOrders(pool: Pool, orders: number): Promise<number> {
  await seedProgram(pool);
  const memberId = await enrolIn(pool);
  const { rows } = await pool.query(
    `with channel as (
       insert into market.channels (external_id, database_id, name, type)
       select 'web', database_id, 'Web', 'online' from catalog.programs where id = $1 returning external_id
     ), touchpoint as (
       insert into market.touchpoints (external_id, channel, name)
       select 'site', external_id, 'Site' from channel
       returning external_id
     ), money as (
       insert into market.currencies (code, name) values ('EUR', 'Euro') returning code
     ), goods as (
       insert into market.goods (entity_type, external_id, name) values ('product', 'P1', 'Phone')
       returning id
     ), made as (
       insert into market.orders (external_id, origin, endpoint, status, currency, profile_id, total_price,
         final_total_price, create_time, update_time)
       select 'o' || n, 'import', t.external_id, 'new', m.code,
         (select profile_id from ledger.members where member_id = $3), 10, 10, at.at, at.at
       from touchpoint t, money m, generate_series(1, $2::int) n,
         lateral (select timestamptz '2025-01-01' + n * interval '1 second' as at) at
       returning id
     ), lines as (
       insert into market.order_lines (order_id, line_no, external_id, goods_id, count, base_price_per_item,
         final_price_per_item, total_price, final_total_price)
       select made.id, 1, '1', goods.id, 1, 10, 10, 10, 10 from made, goods
     )
     insert into catalog.promotions (program_id, external_id, name, kind, is_active, effects)
     values ($1, 'draft', 'Draft', 'discount', false, '[{"kind": "percent_off", "percent": "10"}]')
     returning id`,
    [programId, orders, memberId],
  );
  return rows[0].id;
}

/** Has simulations wait when they have read so many orders, until they are let go. */
export async function holdSimulations(pool: Pool, ordersRead: number): Promise<() => Promise<void>> {
  const holder = await pool.connect();
  await holder.query('select pg_advisory_lock(1)');
  await holder.query(`
    create or replace function wait() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(1); return new; end $$;
    create or replace trigger wait before update on market.simulations
      for each row when (old.orders_read < ${ordersRead} and new.orders_read >= ${ordersRead})
      execute function wait()`);
  return async () => {
    await holder.query('select pg_advisory_unlock(1)');
    holder.release();
  };
}

/** How many statements wait for a lock. */
export async function countWaiting(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rowCount ?? 0;
}
