import fc from 'fast-check';
import type { TierGroupValues } from '../../src/domain/settings';
import { type LedgerBench, openLedger } from '../support/ledger';
import { dateOf, dayOf, TierModel } from '../support/tier-model';
import { addGroup, gold, levels, playTiers, seedStatus, silver } from '../support/tiers';

/** Few days and round amounts, so that thresholds and ends of periods are met. */
const step = fc.record({
  passes: fc.constantFrom(0, 0, 1, 3, 9, 27, 31, 62, 100),
  command: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        verb: fc.constant('earn' as const),
        amount: fc.constantFrom(100, 250, 500, 1500, 2000),
        kind: fc.constantFrom('', '', 'temp', 'waiting'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        verb: fc.constantFrom('commit' as const, 'rollback' as const, 'activate' as const),
        back: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ verb: fc.constant('cancel' as const), back: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 2, arbitrary: fc.record({ verb: fc.constant('evaluate' as const) }) },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function narrate(steps: Step[], model: TierModel, start: number): string {
  let day = start;
  const open = new Map<string, number>();
  const waiting = new Map<string, number>();
  const earned = new Set<string>();
  const lines = steps.map(({ passes, command }, index) => {
    day += passes;
    if (command.verb === 'earn') {
      const { amount, kind } = command;
      const name = `n${index}`;
      const kept = { '': undefined, temp: open, waiting }[kind];
      if (kept) kept.set(name, amount);
      else earned.add(name);
      const held = kept ? model.advance(day) : model.earn(name, amount, day);
      return `${dateOf(day)} earn ${name} ${amount} ${kind} → ${held}`;
    }
    const name = command.verb === 'evaluate' ? '' : `n${index - command.back}`;
    const pending = open.get(name);
    if (command.verb === 'cancel' && (earned.has(name) || open.delete(name) || waiting.delete(name))) {
      return `${dateOf(day)} cancel ${name} → ${model.cancel(name, day)}`;
    }
    const waited = waiting.get(name);
    if (command.verb === 'activate' && waited !== undefined) {
      waiting.delete(name);
      earned.add(name);
      return `${dateOf(day)} activate ${name} → ${model.earn(name, waited, day)}`;
    }
    if (pending !== undefined && (command.verb === 'commit' || command.verb === 'rollback')) {
      open.delete(name);
      if (command.verb === 'commit') earned.add(name);
      const held = command.verb === 'commit' ? model.earn(name, pending, day) : model.advance(day);
      return `${dateOf(day)} ${command.verb} ${name} → ${held}`;
    }
    return `${dateOf(day)} evaluate → ${model.advance(day)}`;
  });
  return [...lines, `${dateOf(day)} rewards → ${model.rewards}`].join('\n');
}

const groups: [string, Partial<TierGroupValues>][] = [
  ['for ever', { type: 'cumulative' }],
  ['for ever, no lowest tier', { type: 'cumulative', tiers: [silver, gold] }],
  ['a rolling month', { period: { kind: 'rolling', n: 1, unit: 'month' }, downgrade: 'to_earned' }],
  [
    'rolling days with grace, step by step',
    { period: { kind: 'rolling', n: 30, unit: 'day' }, downgrade: 'one_step', grace_days: 5 },
  ],
  ['rolling, for good', { period: { kind: 'rolling', n: 2, unit: 'month' }, downgrade: 'none' }],
  ['months', { period: { kind: 'calendar', n: 1, unit: 'month' }, downgrade: 'to_earned', grace_days: 10 }],
  ['quarters, step by step', { period: { kind: 'calendar', n: 3, unit: 'month' }, downgrade: 'one_step' }],
  [
    'no lowest tier, step by step, with grace',
    {
      period: { kind: 'calendar', n: 1, unit: 'month' },
      downgrade: 'one_step',
      grace_days: 27,
      tiers: [silver, gold],
    },
  ],
];

describe.each(groups)('%s', (_, change) => {
  const group = { ...levels, type: 'periodic' as const, ...change };
  let ledger: LedgerBench;
  let groupId: number;
  beforeAll(async () => {
    ledger = await openLedger();
    await seedStatus(ledger);
    groupId = await addGroup(ledger, group);
  });
  afterAll(() => ledger.close());

  test('members hold what the plain model says, whatever comes and whenever the schedule runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 25 }),
        fc.constantFrom('2027-12-31', '2028-01-30', '2030-01-31'),
        async (steps, date) => {
          const start = dayOf(date);
          await playTiers(ledger, groupId, narrate(steps, new TierModel(group, start), start));
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
