import type { lockRun } from '../src/db/queries/scenarios';
import { type Step, stepKey } from '../src/domain/scenario';
import { hashOf } from './node-input';
import type { Doer } from './trigger-promotion';

/** A run as a step of it finds it. */
export type Run = NonNullable<Awaited<ReturnType<typeof lockRun>>>;

type Pointed = {
  promotion_id: string;
  points_currency_eid?: string | undefined;
  amount?: string | undefined;
};

/** What a step wants of its promotion. */
export function wantedBy({ promotion_id, points_currency_eid: eid, amount }: Pointed) {
  return { promotion_id, currency: { eid }, amount };
}

/** The step of the run as the source of a posting, and the key under which it posts once. */
export function doerOf(run: Run, step: Step): Doer {
  const { scenario_id, run_id, profile_id } = run;
  return {
    scenario_id,
    run_id: Number(run_id),
    node_id: step.id,
    transaction_eid: stepKey(scenario_id, run_id, step.id),
    request_hash: hashOf([profile_id, step.id]),
  };
}
