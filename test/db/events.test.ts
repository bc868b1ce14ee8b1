import type { Pool, PoolClient } from 'pg';
import { uuidv7 } from 'uuidv7';
import { postOperations } from '../../src/db/ledger';
import { findReadableEnd, listEvents } from '../../src/db/queries/events';
import { cursorOf, type Event, eventTypes, readCursor, tellEvent } from '../../src/domain/event';
import type { Operation } from '../../src/domain/operation';
import { untilReadable } from '../support/events';
import { currencyIid, hour, type LedgerBench, openLedger, play, programId } from '../support/ledger';

let ledger: LedgerBench;
let pool: Pool;
beforeAll(async () => {
  ledger = await openLedger();
  pool = ledger.pool;
});
afterAll(() => ledger.close());

interface Reader {
  seen: Event[];
  /** Reads what can be read, page by page, and answers it. */
  read(): Promise<Event[]>;
  /** As read, once everything that was written can be read: other databases have transactions too. */
  readAll(): Promise<Event[]>;
}

/** Reads from the beginning on, or from what can be read now. */
function openReader(pageSize = 1_000, after = '0-0'): Reader {
  let cursor = after;
  const seen: Event[] = [];
  async function read(): Promise<Event[]> {
    const news: Event[] = [];
    for (;;) {
      const { turn, event_id } = readCursor(cursor) as { turn: string; event_id: string };
      const end = await findReadableEnd(pool, turn, event_id, pageSize);
      if (!end) break;
      const rows = await listEvents(pool, turn, event_id, end.turn, end.event_id, null, null, pageSize);
      news.push(...rows.map(tellEvent));
      cursor = cursorOf(end);
    }
    seen.push(...news);
    return news;
  }
  return {
    seen,
    read,
    async readAll() {
      await untilReadable(pool);
      return read();
    },
  };
}

async function openReaderHere(): Promise<Reader> {
  const reader = openReader();
  await reader.readAll();
  reader.seen.length = 0;
  return reader;
}

const accrue = (memberId: string, amount = '1'): Operation => ({
  verb: 'accrue',
  transaction_id: uuidv7(),
  program_id: programId,
  member_id: memberId,
  currency_iid: currencyIid,
  source_type: 'api',
  amount,
});

/** What a script leaves behind for others: type, amount, balances, and what else is told. */
async function eventsOf(script: string): Promise<string[]> {
  const reader = await openReaderHere();
  await play(ledger, script);
  const names = new Map<unknown, string>();
  const name = (id: unknown) => {
    if (!names.has(id)) names.set(id, String.fromCharCode(97 + names.size));
    return names.get(id);
  };
  return (await reader.readAll()).slice(1).map(({ event_type, event_data: data }) => {
    const extra = data.reason ?? (data.committed_as && `as ${name(data.committed_as)}`) ?? data.temp_until;
    const balances = `${data.balance_before} ${data.balance_after}`;
    const what = `${name(data.transaction_id)} ${data.transaction_type} ${data.amount}`;
    return `${event_type} ${what}: ${balances}${extra ? ` ${extra}` : ''}`;
  });
}

test('postings and their reversals', async () => {
  const events = await eventsOf(`
    0h accrue a 500      → 0 500
    1h redeem r 100.50   → 500 399.5
    1h redeem s 400      → insufficient_points
    2h cancel r          → 500
    2h cancel r          → 500
    3h cancel a          → 0
  `);
  expect(events).toEqual([
    'loyalty_points_accrued a accrual 500.00: 0.00 500.00',
    'loyalty_points_redeemed b redeem 100.50: 500.00 399.50',
    'loyalty_points_canceled b redeem 100.50: 399.50 500.00',
    'loyalty_points_canceled a accrual 500.00: 500.00 0.00',
  ]);
});

test('points that lapse: once they are written off', async () => {
  const events = await eventsOf(`
    0h accrue a 10 to 3h    → 0 10
    4h expire               → 1
  `);
  expect(events).toEqual([
    'loyalty_points_accrued a accrual 10.00: 0.00 10.00',
    'loyalty_points_expired b expire 10.00: 0.00 0.00',
  ]);
});

test('temporary transactions: how they end, and what a commit moves', async () => {
  const events = await eventsOf(`
    0h accrue a 10                  → 0 10
    0h redeem h 4 hold 5h           → 10 6
    1h commit h                     → committed 6
    1h commit h                     → committed 6
    2h redeem i 2 hold 5h           → 6 4
    3h rollback i                   → rolled_back 6
    3h redeem j 2 hold 5h           → 6 4
    5h commit j                     → timed_out 6
    6h redeem k 2 hold 9h           → 6 4
    6h abort k                      → canceled 6
    6h accrue l 3 hold 9h           → 6 6
    7h commit l                     → committed 9
  `);
  expect(events).toEqual([
    'loyalty_points_accrued a accrual 10.00: 0.00 10.00',
    `loyalty_temp_opened b redeem 4.00: 10.00 6.00 ${hour('5h').replace('.000', '')}`,
    'loyalty_temp_committed b redeem 4.00: 6.00 6.00 as b',
    'loyalty_points_redeemed b redeem 4.00: 6.00 6.00',
    `loyalty_temp_opened c redeem 2.00: 6.00 4.00 ${hour('5h').replace('.000', '')}`,
    'loyalty_temp_rolled_back c redeem 2.00: 4.00 6.00 rollback',
    `loyalty_temp_opened d redeem 2.00: 6.00 4.00 ${hour('5h').replace('.000', '')}`,
    'loyalty_temp_rolled_back d redeem 2.00: 4.00 6.00 timeout',
    `loyalty_temp_opened e redeem 2.00: 6.00 4.00 ${hour('9h').replace('.000', '')}`,
    'loyalty_temp_rolled_back e redeem 2.00: 4.00 6.00 cancel',
    `loyalty_temp_opened f accrual 3.00: 6.00 6.00 ${hour('9h').replace('.000', '')}`,
    'loyalty_temp_committed f accrual 3.00: 6.00 9.00 as g',
    'loyalty_points_accrued g accrual 3.00: 6.00 9.00',
  ]);
});

test('a member who comes and goes: the open temporary transactions end first', async () => {
  const reader = await openReaderHere();
  const memberId = await ledger.enrol();
  const hold = { ...accrue(memberId), temp_until: '2999-01-01T00:00:00Z' } as Operation;
  await postOperations(pool, [accrue(memberId), hold], hour('0h'), 'test');
  const removal = {
    verb: 'remove',
    transaction_id: uuidv7(),
    program_id: programId,
    member_id: memberId,
  } as const;
  for (const time of ['1h', '2h']) await postOperations(pool, [removal], hour(time), 'test');
  const events = await reader.readAll();
  expect(events.map(({ event_type, event_date }) => `${event_type} ${event_date}`)).toEqual([
    'loyalty_member_added 2000-01-01T00:00:00Z',
    'loyalty_points_accrued 2030-01-01T00:00:00Z',
    'loyalty_temp_opened 2030-01-01T00:00:00Z',
    'loyalty_temp_rolled_back 2030-01-01T01:00:00Z',
    'loyalty_member_removed 2030-01-01T01:00:00Z',
  ]);
  const { rows } = await pool.query('select profile_id from ledger.members where member_id = $1', [memberId]);
  for (const { profile_id, list_id } of events) {
    expect({ profile_id, list_id }).toEqual({ ...rows[0], list_id: 1 });
  }
  expect(events[0]?.event_data).toEqual({
    loyalty_program_id: 1,
    loyalty_program_eid: 'test',
    registration_date: '2000-01-01T00:00:00Z',
  });
});

test('an operation that fails leaves no event, and neither does one that is carried out again', async () => {
  const memberId = await ledger.enrol();
  const reader = await openReaderHere();
  const operation = accrue(memberId);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await postOperations(pool, [operation], hour('0h'), 'test');
  }
  const batch = [accrue(memberId), accrue(memberId, '-1')];
  await expect(postOperations(pool, batch, hour('0h'), 'test')).rejects.toThrow('check constraint');
  expect(await reader.readAll()).toHaveLength(1);
});

/** A transaction of its own that stays under way until it is told to commit. */
async function begin(): Promise<{ db: PoolClient; commit(): Promise<void> }> {
  const db = await pool.connect();
  await db.query('begin');
  return {
    db,
    async commit() {
      await db.query('commit');
      db.release();
    },
  };
}

test('what commits late is not missed', async () => {
  const [one, other] = [await ledger.enrol(), await ledger.enrol()];
  const reader = await openReaderHere();
  const late = await begin();
  await postOperations(late.db, [accrue(one, '1')], hour('0h'), 'test');
  await postOperations(pool, [accrue(other, '2')], hour('0h'), 'test');
  expect(await reader.read()).toEqual([]);
  await late.commit();
  expect((await reader.readAll()).map(({ event_data }) => event_data.amount)).toEqual(['1.00', '2.00']);
});

test('an account that an older transaction gets hold of later is read in posting order', async () => {
  const [one, other] = [await ledger.enrol(), await ledger.enrol()];
  const reader = await openReaderHere();
  const older = await begin();
  await postOperations(older.db, [accrue(one)], hour('0h'), 'test');
  const unrelated = await begin();
  await unrelated.db.query('select pg_current_xact_id()');
  await postOperations(pool, [accrue(other, '2')], hour('0h'), 'test');
  await postOperations(older.db, [accrue(other, '3')], hour('0h'), 'test');
  await older.commit();
  await reader.read();
  await unrelated.commit();
  await reader.readAll();
  expect(reader.seen.map(({ event_data }) => event_data.amount)).toEqual(['1.00', '2.00', '3.00']);
});

test('many who write and many who read: each reader gets every event once, in order', async () => {
  const members = await Promise.all(Array.from({ length: 5 }, () => ledger.enrol()));
  const here = await openReaderHere();
  const readers = [1, 7, 1_000].map((pageSize) => openReader(pageSize));
  for (const reader of readers) {
    await reader.readAll();
    reader.seen.length = 0;
  }
  let isWriting = true;
  const write = async (writer: number) => {
    for (let batch = 0; batch < 25; batch += 1) {
      const picked = members.filter((_, index) => (index + batch + writer) % 3 > 0);
      await postOperations(
        pool,
        picked.map((memberId) => accrue(memberId)),
        new Date().toISOString(),
        'test',
      );
    }
  };
  const watch = async (reader: Reader) => {
    while (isWriting) await reader.read();
    await reader.readAll();
  };
  const watching = readers.map(watch);
  await Promise.all([0, 1, 2, 3].map(write));
  isWriting = false;
  await Promise.all(watching);
  await here.readAll();

  const ids = (reader: Reader) =>
    reader.seen.flatMap((it) => (it.event_type === 'loyalty_points_accrued' ? [it.event_id] : []));
  const { rows } = await pool.query(
    `select count(*)::int as count from ledger.postings p join ledger.accounts a using (account_id)
     where a.member_id = any ($1::bigint[])`,
    [members],
  );
  for (const reader of [here, ...readers]) {
    expect(ids(reader)).toEqual(ids(here));
    expect(new Set(ids(reader)).size).toBe(rows[0].count);
    expect(balancesBroken(reader.seen)).toEqual([]);
  }
}, 120_000);

/** Events that do not begin with the balance that the one before left behind. */
function balancesBroken(events: readonly Event[]): Event[] {
  const balances = new Map<string, unknown>();
  return events.filter(({ profile_id, event_data }) => {
    const before = balances.get(profile_id) ?? '0.00';
    balances.set(profile_id, event_data.balance_after);
    return event_data.balance_before !== before;
  });
}

test('the database knows no types of events but those we tell of', async () => {
  const { rows } = await pool.query('select distinct type from feed.events');
  expect(rows.map(({ type }) => type).filter((type) => !eventTypes.includes(type))).toEqual([]);
});

test('an event never changes', async () => {
  await expect(pool.query('update feed.events set data = null')).rejects.toThrow('append-only');
});
