import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { type LedgerBench, openLedger, play } from '../support/ledger';
import { LedgerModel, text } from '../support/ledger-model';

/** Few names and small numbers, so that commands meet: the same lot, the same hold, the same moment. */
const amount = fc.integer({ min: 1, max: 5000 }).map((cents) => new Decimal(cents).div(100));
const name = fc.integer({ min: 0, max: 9 });
const hours = fc.integer({ min: 0, max: 6 });
const isTemp = fc.boolean();
const kind = fc.constantFrom('active', 'temporary', 'waiting');

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ verb: fc.constant('accrue' as const), amount, from: hours, life: hours, kind }),
  },
  { weight: 5, arbitrary: fc.record({ verb: fc.constant('redeem' as const), amount, isTemp }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('expire' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constantFrom('commit', 'rollback', 'timeout', 'abort', 'cancel', 'activate'),
      name,
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
const step = fc.record({ command, passes: fc.constantFrom(0, 0, 1, 3) });

/** The script of the commands, each with the answer of the model, and the balances after each. */
function narrate(steps: { command: Command; passes: number }[], model: LedgerModel): string {
  let now = 0;
  return steps
    .map(({ command, passes }, index) => {
      now += passes;
      const balance = () => `${now}h balance → ${text(model.active(now))} ${text(model.total(now))}`;
      return `${balance()}\n${now}h ${narrateOne(command, index, now, model)}\n${balance()}`;
    })
    .join('\n');
}

function narrateOne(command: Command, index: number, now: number, model: LedgerModel): string {
  if (command.verb === 'accrue') {
    const { amount, kind } = command;
    const [from, to, until] = [
      now + command.from,
      now + command.from + command.life + 1,
      now + command.life + 1,
    ];
    if (kind === 'waiting') {
      const answer = model.accrue(`n${index}`, amount, now, Number.POSITIVE_INFINITY, to);
      return `accrue n${index} ${text(amount)} waiting to ${to}h → ${answer}`;
    }
    if (kind === 'temporary') {
      const answer = model.accrue(`n${index}`, amount, now, now, Number.POSITIVE_INFINITY, until);
      return `accrue n${index} ${text(amount)} hold ${until}h → ${answer}`;
    }
    const answer = model.accrue(`n${index}`, amount, now, from, to);
    return `accrue n${index} ${text(amount)} from ${from}h to ${to}h → ${answer}`;
  }
  if (command.verb === 'expire') return `expire → ${model.expire(now)}`;
  if (command.verb === 'redeem') {
    const { amount, isTemp } = command;
    const until = now + 3;
    const answer = model.redeem(`n${index}`, amount, now, isTemp ? until : undefined);
    return `redeem n${index} ${text(amount)}${isTemp ? ` hold ${until}h` : ''} → ${answer}`;
  }
  const target = `n${Math.max(0, index - 1 - command.name)}`;
  if (command.verb === 'activate') return `activate ${target} → ${model.activate(target, now)}`;
  if (command.verb === 'cancel') return `cancel ${target} → ${model.cancel(target, now)}`;
  return `${command.verb} ${target} → ${model.settle(target, command.verb as 'commit', now)}`;
}

describe.each([
  ['refuses', false],
  ['allows', true],
])('a program that %s a negative balance', (_, allowNegativeBalance) => {
  let ledger: LedgerBench;
  beforeAll(async () => {
    ledger = await openLedger({ allowNegativeBalance });
  });
  afterAll(() => ledger.close());

  test('answers what the model answers, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await play(ledger, narrate(steps, new LedgerModel(allowNegativeBalance)));
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
