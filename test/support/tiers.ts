import { uuidv7 } from 'uuidv7';
import { createTierGroup } from '../../src/db/commands/tier-groups';
import { evaluateTiers, postOperations } from '../../src/db/ledger';
import { listHeldTiers } from '../../src/db/queries/tiers';
import { toTrimmed } from '../../src/domain/amount';
import type { Operation } from '../../src/domain/operation';
import { isRefusal } from '../../src/domain/refusal';
import { isObjection, type TierGroupValues } from '../../src/domain/settings';
import { currencyIid, enrolIn, type LedgerBench, programId } from './ledger';

export const statusIid = 2;

/** The qualification currency that tiers are earned in, beside the stars that reward them. */
export async function seedStatus(bench: Pick<LedgerBench, 'pool'>): Promise<void> {
  await bench.pool.query(
    `insert into catalog.currencies (iid, program_id, eid, name, type)
     values ($1, $2, 'status', 'Status', 'qualification')`,
    [statusIid, programId],
  );
}

const tier = (eid: string, threshold: string, reward?: string) => ({
  eid,
  name: eid,
  threshold,
  reward: reward === undefined ? null : { points_currency_eid: 'stars', amount: reward },
});

export const bronze = tier('bronze', '0');
export const silver = tier('silver', '500', '100');
export const gold = tier('gold', '2000', '300');

export const levels: TierGroupValues = {
  external_id: 'levels',
  name: 'Levels',
  type: 'cumulative',
  points_currency_eid: 'status',
  period: null,
  downgrade: 'none',
  grace_days: 0,
  tiers: [bronze, silver, gold],
};

/** A tier group of the bench's program; answers its id. */
export async function addGroup(bench: LedgerBench, change: Partial<TierGroupValues> = {}): Promise<number> {
  const external_id = `levels-${uuidv7()}`;
  const group = await createTierGroup(bench.pool, programId, { ...levels, external_id, ...change });
  if (!group || isObjection(group)) throw new Error(`No tier group: ${JSON.stringify(group)}`);
  return group.id;
}

/** "2030-03-31" at noon, or "2030-03-31T22:59" and so on, as RFC 3339 UTC. */
export function moment(text: string): string {
  return new Date(text.includes('T') ? `${text}Z` : `${text}T12:00Z`).toISOString();
}

/**
 * Plays a script on a new member and compares each answer, which is what is held of the group afterwards,
 * from the lowest tier to the highest. A line is `TIME VERB …  → ANSWER`:
 *
 *   2030-01-31 earn a 500 [temp|waiting]  → bronze silver
 *   2030-02-01 activate a           → bronze silver
 *   2030-01-31 spend a 500          → (an expiry of what was earned)
 *   2030-02-01 cancel a             → bronze
 *   2030-02-01 commit|rollback a    → bronze silver
 *   2030-02-28 evaluate             → bronze          (as the schedule does)
 *   2030-02-28 tiers                → bronze          (reads only)
 *   2030-02-28 rewards              → 100 300         (what was paid in stars, in order)
 *   2030-02-28 history              → silver 2030-01-31T12:00:00Z to 2030-02-28T00:00:00Z, …
 *   2030-02-28 events               → none up to silver, silver down to bronze     (what others were told)
 */
export async function playTiers(bench: LedgerBench, groupId: number, script: string): Promise<void> {
  const memberId = await enrolIn(bench.pool);
  const ids = new Map<string, string>();
  const lines = script
    .replace(/,\n\s+/g, ', ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'));
  const played: string[] = [];
  for (const line of lines) {
    const [asked = ''] = line.split('→');
    const [time = '', verb = '', ...rest] = asked.trim().split(/\s+/);
    const at = moment(time);
    if (verb === 'evaluate') await evaluateAll(bench, at);
    else if (!reads.has(verb)) await postOne(bench, memberId, ids, at, verb, rest);
    const answer = await (answers[verb] ?? heldTiers)(bench, memberId, groupId);
    played.push(`${asked.trim().replace(/\s+/g, ' ')} → ${answer}`.trim());
  }
  expect(played).toEqual(
    lines.map((line) =>
      line
        .split('→')
        .map((part) => part.trim().replace(/\s+/g, ' '))
        .join(' → ')
        .trim(),
    ),
  );
}

/** Evaluates until nothing is left to do, as the schedule does. */
export async function evaluateAll(bench: LedgerBench, at: string, maxMembers = 100): Promise<number> {
  let members = 0;
  for (;;) {
    const some = await evaluateTiers(bench.pool, programId, at, maxMembers, 'schedule');
    if (some === 0) return members;
    members += some;
  }
}

const reads = new Set(['tiers', 'rewards', 'history', 'events']);

type Read = (bench: LedgerBench, memberId: string, groupId: number) => Promise<string>;

const heldTiers: Read = async (bench, memberId, groupId) =>
  (await listHeldTiers(bench.pool, memberId, groupId)).map(({ tier_eid }) => tier_eid).join(' ');

const answers: Record<string, Read> = {
  async rewards(bench, memberId, groupId) {
    const { rows } = await bench.pool.query(
      `select p.amount from ledger.postings p join ledger.accounts a using (account_id)
       where a.member_id = $1 and a.currency_iid = $2 and p.source_type = 'tier_group' and p.source_iid = $3
       order by p.seq`,
      [memberId, currencyIid, groupId],
    );
    return rows.map(({ amount }) => toTrimmed(amount)).join(' ');
  },
  async history(bench, memberId, groupId) {
    const { rows } = await bench.pool.query(
      `select t.eid, h.reached_at, h.lost_at
       from ledger.member_tiers h join catalog.tiers t on t.id = h.tier_id
       where h.member_id = $1 and h.group_id = $2 order by h.reached_at, t.tier_order`,
      [memberId, groupId],
    );
    return rows.map((row) => `${row.eid} ${row.reached_at} to ${row.lost_at ?? 'now'}`).join(', ');
  },
  async events(bench, memberId, groupId) {
    const { rows } = await bench.pool.query(
      `select data from feed.events
       where member_id = $1 and type = 'loyalty_tier_changed' and data ->> 'tiers_group_id' = $2::text
       order by turn, event_id`,
      [memberId, groupId],
    );
    return rows
      .map(({ data }) => {
        const [before, after] = [data.previous_tier_eid ?? 'none', data.tier_eid ?? 'none'];
        return `${before} ${data.direction} to ${after}`;
      })
      .join(', ');
  },
};

async function postOne(
  bench: LedgerBench,
  memberId: string,
  ids: Map<string, string>,
  at: string,
  verb: string,
  [name = '', amount = '', kind]: string[],
): Promise<void> {
  const [outcome] = await postOperations(
    bench.pool,
    [operationOf(memberId, ids, verb, name, amount, kind)],
    at,
    'till',
  );
  if (isRefusal(outcome)) throw new Error(`${verb} ${name}: ${JSON.stringify(outcome)}`);
  if (verb === 'commit' && outcome && 'state' in outcome) ids.set(name, outcome.transaction_id);
}

function operationOf(
  memberId: string,
  ids: Map<string, string>,
  verb: string,
  name: string,
  amount: string,
  kind: string | undefined,
): Operation {
  const account = { program_id: programId, member_id: memberId, currency_iid: statusIid };
  if (verb === 'earn') {
    const transaction_id = uuidv7();
    ids.set(name, transaction_id);
    const hold = kind === 'temp' ? { temp_until: '2999-01-01T00:00:00Z' } : {};
    const waiting = kind === 'waiting' ? { waiting: {} } : {};
    return { verb: 'accrue', ...account, transaction_id, amount, source_type: 'api', ...hold, ...waiting };
  }
  const target_id = ids.get(name) ?? uuidv7();
  if (verb === 'cancel' || verb === 'activate') {
    return { verb, ...account, transaction_id: uuidv7(), target_id, source_type: 'api' };
  }
  return { verb: 'settle', ...account, target_id, wish: verb as 'commit' };
}
