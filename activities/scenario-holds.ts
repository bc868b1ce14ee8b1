import { findByEid } from '../src/db/queries/transactions';
import { toFixedScale } from '../src/domain/amount';
import { isRefusal } from '../src/domain/refusal';
import { type Step, stepKey } from '../src/domain/scenario';
import type { ActivityContext } from './index';
import { doerOf, type Run, wantedBy } from './scenario-run';
import { choose, operationOf } from './trigger-promotion';

type HoldStep = Extract<Step, { hold: string }>;
type OpenStep = Extract<Step, { kind: 'open_hold' }>;

const patienceMs = 60_000;

/**
 * Steps about temporary transactions, which have workflows of their own. Each answers `done`, or why not;
 * repeated, it finds what it did by the key of the step.
 */
export function createScenarioHolds({ db, catalog, gateway }: ActivityContext) {
  return {
    take(run: Run, step: Step, now: string): Promise<string> {
      return step.kind === 'open_hold' ? open(run, step, now) : settle(run, step as HoldStep);
    },
  };

  async function open(run: Run, step: OpenStep, now: string): Promise<string> {
    const doer = doerOf(run, step);
    const [known] = await findByEid(db, doer.transaction_eid, [run.program_id]);
    if (known) return 'done';
    const program = catalog.program(run.program_id);
    if (!program) throw new Error(`Program ${run.program_id} is not known yet`);
    const wanted = { operation: step.operation, ...wantedBy(step) };
    const chosen = await choose(catalog, program, wanted, now);
    if ('outcome' in chosen) return chosen.outcome;
    const { eid, scale } = chosen.currency;
    const amount = toFixedScale(chosen.amount, scale);
    const labels = { program: program.externalId, member: run.profile_id, currency: eid, amount };
    const later = (ms: number) => new Date(Date.parse(now) + ms).toISOString();
    const outcome = await gateway.openHold(
      {
        ...operationOf(wanted, chosen, run.member_id, doer, now),
        temp_until: later((step.timeout_sec ?? program.tempDefaultTimeoutSec) * 1000),
        not_after: later(patienceMs),
      },
      labels,
    );
    if (!isRefusal(outcome)) return 'done';
    if (outcome.refusal === 'request_expired') throw new Error('The ledger was told a time that has passed');
    return outcome.refusal === 'insufficient_points' ? 'insufficient' : 'not_member';
  }

  async function settle(run: Run, step: HoldStep): Promise<string> {
    const key = stepKey(run.scenario_id, run.run_id, step.hold);
    const [hold] = await findByEid(db, key, [run.program_id]);
    if (!hold) return 'no_hold';
    const wish = step.kind === 'commit_hold' ? 'commit' : 'rollback';
    const state = hold.state === 'open' ? await ask(hold, wish) : hold.state;
    return (state === 'committed') === (wish === 'commit') && !hold.canceled ? 'done' : 'hold_ended';
  }

  async function ask(
    {
      transaction_id: target_id,
      program_id,
      member_id,
      currency_iid,
    }: {
      transaction_id: string;
      program_id: number;
      member_id: string;
      currency_iid: number;
    },
    wish: 'commit' | 'rollback',
  ): Promise<string> {
    const account = { program_id, member_id, currency_iid };
    const settled =
      (await gateway.signalHold(target_id, wish)) ??
      (await gateway.post({ verb: 'settle', ...account, target_id, wish }));
    return isRefusal(settled) ? 'rolled_back' : settled.state;
  }
}
