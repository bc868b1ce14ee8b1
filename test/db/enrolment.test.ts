import { uuidv7 } from 'uuidv7';
import { postOperations } from '../../src/db/ledger';
import { enrolment } from '../../src/domain/enrolment';
import type { Register, Remove } from '../../src/domain/operation';
import { type LedgerBench, openLedger, programId } from '../support/ledger';

let bench: LedgerBench;

beforeAll(async () => {
  bench = await openLedger();
});
afterAll(() => bench.close());

const at = '2026-01-01T00:00:00Z';
const post = (...operations: (Register | Remove)[]) => postOperations(bench.pool, operations, at, 'test');

async function enrolled() {
  const memberId = await bench.enrol();
  const { rows } = await bench.pool.query('select profile_id from ledger.members where member_id = $1', [
    memberId,
  ]);
  return { memberId, profileId: String(rows[0].profile_id) };
}

async function historyOf(profileId: string) {
  const { rows } = await bench.pool.query(
    `select
       (select count(*)::int from ledger.members where profile_id = $1) as memberships,
       (select count(*)::int from feed.events join ledger.members m using (member_id)
        where m.profile_id = $1 and type = 'loyalty_member_added') as added,
       (select count(*)::int from ledger.accounts join ledger.members m using (member_id)
        where m.profile_id = $1) as accounts`,
    [profileId],
  );
  return rows[0];
}

const once = { memberships: 1, added: 1, accounts: 1 };

describe('who joins by itself', () => {
  test('stays a member who is one', async () => {
    const { profileId } = await enrolled();
    const outcome = await post(enrolment(programId, profileId, uuidv7()));
    expect(outcome).toEqual([{ profile_id: profileId, registered: false }]);
    expect(await historyOf(profileId)).toEqual(once);
  });

  test('does not join again after a removal, and leaves no trace of trying', async () => {
    const { memberId, profileId } = await enrolled();
    await post({ verb: 'remove', transaction_id: uuidv7(), program_id: programId, member_id: memberId });
    const outcome = await post(enrolment(programId, profileId, uuidv7()));
    expect(outcome).toEqual([{ profile_id: profileId, registered: false }]);
    expect(await historyOf(profileId)).toEqual(once);
    const { only_first: _, ...plain } = enrolment(programId, profileId, uuidv7());
    expect(await post(plain)).toEqual([{ profile_id: profileId, registered: true }]);
    expect(await historyOf(profileId)).toEqual({ memberships: 2, added: 2, accounts: 2 });
  });

  test('joins once when many try at the same time', async () => {
    const { rows } = await bench.pool.query(
      `insert into directory.profiles (profile_id, database_id)
       select 'e' || lpad(to_hex(n), 23, '0'), 1 from generate_series(1, 20) n returning profile_id`,
    );
    const everybody = () => rows.map(({ profile_id }) => enrolment(programId, profile_id, uuidv7()));
    const batches = await Promise.all(Array.from({ length: 5 }, () => post(...everybody().reverse())));
    const registered = batches.flat().filter((it) => 'registered' in it && it.registered);
    expect(registered).toHaveLength(20);
    for (const { profile_id } of rows) expect(await historyOf(profile_id)).toEqual(once);
  });
});
