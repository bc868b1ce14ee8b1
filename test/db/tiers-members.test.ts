import { uuidv7 } from 'uuidv7';
import { changeTierGroup, deleteTierGroup } from '../../src/db/commands/tier-groups';
import { postOperations } from '../../src/db/ledger';
import { findBalance } from '../../src/db/queries/account';
import { listHeldTiers } from '../../src/db/queries/tiers';
import { toTrimmed } from '../../src/domain/amount';
import type { Operation } from '../../src/domain/operation';
import { currencyIid, enrolIn, type LedgerBench, openLedger, programId } from '../support/ledger';
import {
  addGroup,
  bronze,
  evaluateAll,
  gold,
  moment,
  playTiers,
  seedStatus,
  silver,
  statusIid,
} from '../support/tiers';

let ledger: LedgerBench;
beforeEach(async () => {
  ledger = await openLedger();
  await seedStatus(ledger);
});
afterEach(() => ledger.close());

const post = (operations: Operation[], at = '2030-01-01') =>
  postOperations(ledger.pool, operations, moment(at), 'till');

function accrue(member_id: string, amount: string, currency_iid = statusIid): Operation {
  const transaction_id = uuidv7();
  return {
    verb: 'accrue',
    transaction_id,
    program_id: programId,
    member_id,
    currency_iid,
    amount,
    source_type: 'api',
  };
}

async function held(memberId: string, groupId: number): Promise<string> {
  return (await listHeldTiers(ledger.pool, memberId, groupId)).map(({ tier_eid }) => tier_eid).join(' ');
}

async function stars(memberId: string, iid = currencyIid): Promise<string> {
  const balance = await findBalance(ledger.pool, memberId, iid, moment('2035-01-01'));
  return toTrimmed(balance?.total ?? '-1');
}

async function set(change: string): Promise<void> {
  await ledger.pool.query(change);
}

/** Registers a profile, anew if it was a member before; answers the member_id. */
async function register(profile_id: string): Promise<string> {
  await post([{ verb: 'register', transaction_id: uuidv7(), program_id: programId, profile_id }]);
  const { rows } = await ledger.pool.query(
    'select member_id from ledger.members where profile_id = $1 and removed_at is null',
    [profile_id],
  );
  return rows[0].member_id;
}

const remove = (member_id: string): Operation => ({
  verb: 'remove',
  transaction_id: uuidv7(),
  program_id: programId,
  member_id,
});

async function makeProfile(): Promise<string> {
  const { rows } = await ledger.pool.query(
    `insert into directory.profiles (profile_id, database_id)
     values (substr(md5(random()::text), 1, 24), 1) returning profile_id`,
  );
  return rows[0].profile_id;
}

describe('a batch', () => {
  test('moves points of the account that a reward lands on, too', async () => {
    const group = await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    await post([accrue(member, '10', currencyIid), accrue(member, '500'), accrue(member, '7', currencyIid)]);
    expect(await held(member, group)).toBe('bronze silver');
    expect(await stars(member)).toBe('117');
  });

  test('that comes again pays nothing again', async () => {
    await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    const batch = [accrue(member, '500')];
    await post(batch);
    await post(batch);
    expect(await stars(member)).toBe('100');
  });

  test('that is refused in part reaches what the rest earns', async () => {
    const group = await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    const refused = {
      ...accrue(member, '500'),
      temp_until: moment('2030-02-01'),
      not_after: moment('2029-01-01'),
    };
    await post([refused as Operation, accrue(member, '499')]);
    expect(await held(member, group)).toBe('bronze');
  });

  test('racing another for the same threshold: one reward', async () => {
    const group = await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    await Promise.all(
      Array.from({ length: 10 }, () => post([accrue(member, '50'), accrue(member, '1', currencyIid)])),
    );
    expect(await held(member, group)).toBe('bronze silver');
    expect(await stars(member)).toBe('110');
  });

  test('opens the account of a reward in a currency newer than the membership', async () => {
    const member = await enrolIn(ledger.pool);
    await set(`insert into catalog.currencies (iid, program_id, eid, name, type)
      values (3, ${programId}, 'gems', 'Gems', 'standard')`);
    await addGroup(ledger, { tiers: [{ ...silver, reward: { points_currency_eid: 'gems', amount: '3' } }] });
    await post([accrue(member, '500')]);
    expect(await stars(member, 3)).toBe('3');
  });

  test('pays no reward in a currency that is switched off', async () => {
    const group = await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    await set(`update catalog.currencies set is_active = false where iid = ${currencyIid}`);
    await post([accrue(member, '500')]);
    expect(await held(member, group)).toBe('bronze silver');
    expect(await stars(member)).toBe('0');
  });
});

describe('members', () => {
  test('reach tiers by initial balances as they register', async () => {
    const group = await addGroup(ledger, { tiers: [bronze, silver, gold] });
    await set(`update catalog.currencies set initial_balance = 600 where iid = ${statusIid}`);
    const member = await enrolIn(ledger.pool);
    expect(await held(member, group)).toBe('bronze silver');
    expect(await stars(member)).toBe('100');
  });

  test('hold nothing after they left, and are not rewarded again when they return', async () => {
    const group = await addGroup(ledger);
    const profile = await makeProfile();
    const first = await register(profile);
    await post([accrue(first, '500'), remove(first)]);
    expect(await held(first, group)).toBe('');
    const second = await register(profile);
    await post([accrue(second, '2000')]);
    expect(await held(second, group)).toBe('bronze silver gold');
    expect(await stars(second)).toBe('300');
  });

  test('are rewarded again when they return to a program that grants initial balances again', async () => {
    await addGroup(ledger);
    await set('update catalog.programs set regrant_initial_balance = true');
    const profile = await makeProfile();
    const first = await register(profile);
    await post([accrue(first, '500'), remove(first)]);
    const second = await register(profile);
    await post([accrue(second, '500')]);
    expect(await stars(second)).toBe('100');
  });

  test('who left are evaluated no more', async () => {
    const period = { kind: 'calendar', n: 1, unit: 'year' } as const;
    const group = await addGroup(ledger, { type: 'periodic', period, downgrade: 'to_earned' });
    const member = await enrolIn(ledger.pool);
    await post([accrue(member, '500')]);
    await evaluateAll(ledger, moment('2030-02-01'));
    await post([remove(member)], '2030-02-02');
    expect(await evaluateAll(ledger, moment('2040-01-01'))).toBe(0);
    expect(await held(member, group)).toBe('');
  });
});

describe('settings', () => {
  test('of a new group reach everybody, a batch at a time, and once', async () => {
    const members: string[] = [];
    for (const amount of ['100', '500', '2000', '499.99', '500']) {
      const member = await enrolIn(ledger.pool);
      await post([accrue(member, amount)]);
      members.push(member);
    }
    const group = await addGroup(ledger);
    expect(await evaluateAll(ledger, moment('2030-01-02'), 2)).toBe(5);
    const all = await Promise.all(members.map((member) => held(member, group)));
    expect(all).toEqual(['bronze', 'bronze silver', 'bronze silver gold', 'bronze', 'bronze silver']);
    expect(await evaluateAll(ledger, moment('2030-01-03'), 2)).toBe(0);
  });

  test('that change take and give; what was reached before is not rewarded', async () => {
    const group = await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    await post([accrue(member, '1000')]);
    await changeTierGroup(ledger.pool, group, { tiers: [bronze, { ...silver, threshold: '1001' }, gold] });
    await evaluateAll(ledger, moment('2030-01-02'));
    expect(await held(member, group)).toBe('bronze');
    await changeTierGroup(ledger.pool, group, { tiers: [bronze, silver, { ...gold, threshold: '900' }] });
    await evaluateAll(ledger, moment('2030-01-03'));
    expect(await held(member, group)).toBe('bronze silver gold');
    expect(await stars(member)).toBe('400');
  });

  test('keep tiers and groups that somebody has held', async () => {
    const group = await addGroup(ledger);
    const member = await enrolIn(ledger.pool);
    await post([accrue(member, '500')]);
    expect(await changeTierGroup(ledger.pool, group, { tiers: [bronze, silver] })).toMatchObject({
      tiers: [{ eid: 'bronze' }, { eid: 'silver' }],
    });
    expect(await changeTierGroup(ledger.pool, group, { type: 'periodic' })).toEqual({
      objection: 'conflict',
      path: ['type'],
      problem: 'cannot change from "cumulative": members hold tiers',
    });
    expect(await inTransaction((db) => changeTierGroup(db, group, { tiers: [bronze] }))).toEqual({
      objection: 'conflict',
      path: ['tiers'],
      problem: 'members have held tier "silver"',
    });
    expect(await inTransaction((db) => deleteTierGroup(db, group))).toEqual({
      objection: 'conflict',
      path: [],
      problem: `members have held tiers of tier group ${group}`,
    });
  });

  test('a tier that is put between others finds its members', async () => {
    const period = { kind: 'calendar', n: 1, unit: 'year' } as const;
    const group = await addGroup(ledger, { type: 'periodic', period, downgrade: 'one_step' });
    const member = await enrolIn(ledger.pool);
    await post([accrue(member, '1500')]);
    expect(await held(member, group)).toBe('silver');
    const between = { ...silver, eid: 'electrum', threshold: '1000', reward: null };
    await changeTierGroup(ledger.pool, group, { tiers: [bronze, silver, between, gold] });
    await evaluateAll(ledger, moment('2030-01-02'));
    expect(await held(member, group)).toBe('electrum');
    await evaluateAll(ledger, moment('2032-01-01'));
    expect(await held(member, group)).toBe('silver');
  });

  test('thresholds that do not ascend are refused by the database itself', async () => {
    const group = await addGroup(ledger);
    await expect(
      set(`update catalog.tiers set threshold = 2000 where eid = 'silver' and group_id = ${group}`),
    ).rejects.toThrow(`thresholds of tier group ${group} do not ascend`);
  });

  test('two groups on one currency go by themselves', async () => {
    const levels = await addGroup(ledger);
    const period = { kind: 'rolling', n: 1, unit: 'month' } as const;
    const season = await addGroup(ledger, { type: 'periodic', period, downgrade: 'to_earned' });
    await playTiers(
      ledger,
      season,
      `
      2030-01-31 earn a 500 → silver
      2030-03-01 evaluate   → bronze
      2030-03-01 rewards    → 100`,
    );
    const { rows } = await ledger.pool.query('select member_id from ledger.members');
    expect(await held(rows[0].member_id, levels)).toBe('bronze silver');
    expect(await stars(rows[0].member_id)).toBe('200');
  });
});

/** As changeCatalog runs it: what is refused is undone. */
async function inTransaction<T>(work: (db: LedgerBench['pool']) => Promise<T>): Promise<T> {
  const client = await ledger.pool.connect();
  try {
    await client.query('begin');
    return await work(client as never);
  } finally {
    await client.query('rollback');
    client.release();
  }
}
