import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { expireLots, postOperations } from '../../src/db/ledger';
import { findBalance } from '../../src/db/queries/account';
import { type Days, findDays, reportMembers, reportPoints } from '../../src/db/queries/reports';
import { toTrimmed } from '../../src/domain/amount';
import type { Operation } from '../../src/domain/operation';
import { isRefusal } from '../../src/domain/refusal';
import { currencyIid, type LedgerBench, openLedger, programId } from '../support/ledger';

/** New York moves its clocks on 10 March 2030: that day has 23 hours. */
const timezone = 'America/New_York';
const firstDay = '2030-03-08';
const lastDay = '2030-03-13';
const start = Date.parse('2030-03-08T05:00:00Z');
const at = (hours: number) => new Date(start + hours * 3_600_000).toISOString();

/** When the days end, in hours after the start: worked out by hand. */
const dayEnds = [24, 48, 71, 95, 119, 143];

let ledger: LedgerBench;
beforeEach(async () => {
  ledger = await openLedger({ allowNegativeBalance: true });
  await ledger.pool.query('update catalog.programs set timezone = $1', [timezone]);
});
afterEach(() => ledger.close());

const days = (moment: string, more: Partial<Days> = {}): Days => ({
  program_id: programId,
  timezone,
  from: firstDay,
  to: lastDay,
  moment,
  ...more,
});

/** Whole hours, so that moments meet: with each other, with lapses and with midnight. */
const hours = fc.integer({ min: 0, max: 40 });
const amount = fc.integer({ min: 1, max: 500_000 }).map((units) => new Decimal(units).div(10_000).toFixed());
const command = fc.record({
  verb: fc.constantFrom(
    ...([
      'accrue',
      'accrue',
      'accrue',
      'redeem',
      'redeem',
      'commit',
      'rollback',
      'timeout',
      'cancel',
    ] as const),
    ...(['cancel', 'expire', 'activate', 'activate'] as const),
  ),
  member: fc.integer({ min: 0, max: 2 }),
  amount,
  isTemp: fc.boolean(),
  waits: fc.constantFrom('no', 'no', 'to its end', 'then lives a day'),
  life: hours,
  delay: fc.constantFrom(0, 0, 0, 30),
  target: fc.integer({ min: 0, max: 5 }),
  passes: fc.constantFrom(0, 0, 1, 5, 11),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

interface Standing {
  outstanding: string;
  held: string;
  liability: string;
}

/** What there is at this moment, as the accounts and the balances shown to members say. */
async function look(memberIds: string[], hour: number): Promise<Standing> {
  const moment = new Date(start + hour * 3_600_000 - 1).toISOString();
  const totals = await Promise.all(memberIds.map((id) => findBalance(ledger.pool, id, currencyIid, moment)));
  const { rows } = await ledger.pool.query(
    `select coalesce(sum(balance), 0) as balance, coalesce(sum(held), 0) as held
     from ledger.accounts a where member_id = any ($1::bigint[])`,
    [memberIds],
  );
  const liability = totals.reduce((sum, it) => sum.plus(it?.total ?? 0), new Decimal(0));
  return {
    outstanding: toTrimmed(rows[0].balance),
    held: toTrimmed(rows[0].held),
    liability: liability.toFixed(),
  };
}

/** Posts one command for real; answers what it moved, in the columns of the report. */
class Bookkeeper {
  readonly moved: Record<string, Decimal>[] = dayEnds.map(() => ({}));
  private readonly posted: { id: string; verb: 'accrue' | 'redeem'; amount: string; member: number }[] = [];

  constructor(private readonly memberIds: string[]) {}

  async post(it: Command, hour: number): Promise<void> {
    if (it.verb === 'expire') return this.expire(hour);
    const operation = this.operationOf(it, hour);
    if (!operation) return;
    const before = await this.balance(it.member);
    const [outcome] = await postOperations(ledger.pool, [operation], at(hour), 'test');
    if (!outcome || isRefusal(outcome)) return;
    const change = (await this.balance(it.member)).minus(before);
    if (operation.verb === 'accrue' || operation.verb === 'redeem') {
      const { transaction_id: id, verb } = operation;
      this.posted.push({ id, verb, amount: it.amount, member: it.member });
      this.add(hour, verb === 'accrue' ? 'accrued' : 'redeemed', change.abs());
      return;
    }
    const target = this.targetOf(it);
    const isAccrual = target?.verb === 'accrue';
    if (it.verb === 'cancel') {
      this.add(hour, isAccrual ? 'accruals_canceled' : 'redemptions_canceled', change.abs());
    } else {
      this.add(hour, isAccrual ? 'accrued' : 'redeemed', change.abs());
      if ('transaction_id' in outcome && target) target.id = String(outcome.transaction_id);
    }
  }

  private async expire(hour: number): Promise<void> {
    const all = async () =>
      Decimal.sum(0, ...(await Promise.all(this.memberIds.map((_, index) => this.balance(index)))));
    const before = await all();
    while ((await expireLots(ledger.pool, programId, at(hour), 2, 'test')) > 0);
    this.add(hour, 'expired', before.minus(await all()));
  }

  private operationOf(it: Command, hour: number): Operation | undefined {
    const account = { program_id: programId, currency_iid: currencyIid };
    if (it.verb === 'accrue' || it.verb === 'redeem') {
      const member_id = this.memberIds[it.member] as string;
      const own = { ...account, member_id, transaction_id: uuidv7(), amount: it.amount, source_type: 'api' };
      const temp = it.isTemp ? { temp_until: at(hour + it.life + 1) } : {};
      const expires_at = at(hour + it.delay + it.life);
      const dates = {
        no: { activates_at: at(hour + it.delay), expires_at },
        'to its end': { waiting: {}, expires_at },
        'then lives a day': { waiting: { expiration: { n: 1, unit: 'day' } } },
      }[it.isTemp ? 'no' : it.waits];
      if (it.verb === 'redeem')
        return { ...own, ...temp, verb: 'redeem', not_after: '2999-01-01T00:00:00Z' } as Operation;
      return { ...own, ...temp, ...dates, verb: 'accrue' } as Operation;
    }
    const target = this.targetOf(it);
    if (!target) return undefined;
    it.member = target.member;
    const about = { ...account, member_id: this.memberIds[target.member] as string, target_id: target.id };
    if (it.verb === 'cancel' || it.verb === 'activate') {
      return { ...about, verb: it.verb, transaction_id: uuidv7(), source_type: 'api' };
    }
    return { ...about, verb: 'settle', wish: it.verb } as Operation;
  }

  private targetOf({ target }: Command) {
    return this.posted[Math.max(0, this.posted.length - 1 - target)];
  }

  private async balance(member: number): Promise<Decimal> {
    const { rows } = await ledger.pool.query(
      'select balance from ledger.accounts where member_id = $1 and currency_iid = $2',
      [this.memberIds[member], currencyIid],
    );
    return new Decimal(rows[0]?.balance ?? 0);
  }

  private add(hour: number, column: string, value: Decimal): void {
    const day = this.moved[dayEnds.findIndex((end) => hour < end)];
    if (day) day[column] = (day[column] ?? new Decimal(0)).plus(value);
  }
}

const columns = ['accrued', 'redeemed', 'expired', 'accruals_canceled', 'redemptions_canceled'] as const;

test('points: the report says what was seen at the end of each day, and at any moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 60 }), async (commands) => {
      await ledger.close();
      ledger = await openLedger({ allowNegativeBalance: true });
      await ledger.pool.query('update catalog.programs set timezone = $1', [timezone]);
      const memberIds = [await ledger.enrol(), await ledger.enrol(), await ledger.enrol()];
      const books = new Bookkeeper(memberIds);
      const seen: Standing[] = [];
      const moments: { hour: number; seen: Standing }[] = [];
      let hour = 0;
      for (const [index, it] of commands.entries()) {
        const next = hour + it.passes;
        for (const end of dayEnds.filter((end) => end > hour && end <= next)) {
          seen.push(await look(memberIds, end));
        }
        if (index % 7 === 0 && it.passes > 0) moments.push({ hour: next, seen: await look(memberIds, next) });
        hour = next;
        if (hour >= 143) break;
        await books.post(it, hour);
      }
      for (const end of dayEnds.slice(seen.length)) seen.push(await look(memberIds, end));

      const rows = await reportPoints(ledger.pool, days(at(1_000)));
      expect(rows.map(standing)).toEqual(seen);
      const sums = books.moved.map((day) =>
        columns.map((column) => (day[column] ?? new Decimal(0)).toFixed()),
      );
      expect(rows.map((row) => columns.map((column) => toTrimmed(row[column])))).toEqual(sums);

      for (const { hour, seen } of moments) {
        const moment = new Date(start + hour * 3_600_000 - 1).toISOString();
        const asked = await findDays(ledger.pool, programId, null, null, moment, 0);
        const { timezone, from, to } = asked as NonNullable<typeof asked>;
        const cut = await reportPoints(ledger.pool, { program_id: programId, timezone, from, to, moment });
        expect(cut.map(standing)).toEqual([seen]);
      }
    }),
    { numRuns: 25 },
  );
}, 240_000);

type Row = Awaited<ReturnType<typeof reportPoints>>[number];

function standing({ outstanding, held, lapsed }: Row): Standing {
  return {
    outstanding: toTrimmed(outstanding),
    held: toTrimmed(held),
    liability: new Decimal(outstanding).minus(lapsed).toFixed(),
  };
}

test('points: each day goes on from the one before, and the first from what was before it', async () => {
  const member = await ledger.enrol();
  const accrue = (amount: string, hour: number) => {
    const account = { program_id: programId, member_id: member, currency_iid: currencyIid };
    const operation = {
      verb: 'accrue',
      ...account,
      transaction_id: uuidv7(),
      amount,
      source_type: 'api',
    } as const;
    return postOperations(ledger.pool, [operation], at(hour), 'test');
  };
  await accrue('1.0001', -1);
  await accrue('0.0001', 0);
  await accrue('99999999999999999999', 30);
  await accrue('0.0002', 200);
  const rows = await reportPoints(ledger.pool, days(at(1_000), { to: '2030-03-10' }));
  expect(
    rows.map(({ day, accrued, outstanding }) => [day, toTrimmed(accrued), toTrimmed(outstanding)]),
  ).toEqual([
    ['2030-03-08', '0.0001', '1.0002'],
    ['2030-03-09', '99999999999999999999', '100000000000000000000.0002'],
    ['2030-03-10', '0', '100000000000000000000.0002'],
  ]);
});

test('members: who came, went and was there, in the days of the program', async () => {
  const came = [-100, 0, 23.9, 24, 70.9, 71, 200];
  const ids = await Promise.all(came.map(() => ledger.enrol()));
  for (const [index, id] of ids.entries()) {
    await ledger.pool.query('update ledger.members set registered_at = $2 where member_id = $1', [
      id,
      at(came[index] as number),
    ]);
  }
  const remove = { verb: 'remove', transaction_id: uuidv7(), program_id: programId } as const;
  await postOperations(ledger.pool, [{ ...remove, member_id: ids[1] as string }], at(70.99), 'test');
  const rows = await reportMembers(ledger.pool, days(at(1_000), { to: '2030-03-11' }));
  expect(rows).toEqual([
    { day: '2030-03-08', new: 2, removed: 0, total: 3 },
    { day: '2030-03-09', new: 1, removed: 0, total: 4 },
    { day: '2030-03-10', new: 1, removed: 1, total: 4 },
    { day: '2030-03-11', new: 1, removed: 0, total: 5 },
  ]);
});
