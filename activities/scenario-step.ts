import { activityInfo } from '@temporalio/activity';
import { endRun, insertScenarioEvent, moveRun, putRunToSleep } from '../src/db/commands/scenario-runs';
import { postOperations } from '../src/db/ledger';
import { lockRun, readVersion } from '../src/db/queries/scenarios';
import type { Queryable } from '../src/db/query';
import { inTransaction } from '../src/db/transaction';
import type { Redeem } from '../src/domain/operation';
import type { Outcome } from '../src/domain/outcome';
import { isRefusal } from '../src/domain/refusal';
import type { Step } from '../src/domain/scenario';
import type { ActivityContext } from './index';
import { holdsFor } from './scenario-facts';
import { createScenarioHolds } from './scenario-holds';
import { doerOf, type Run, wantedBy } from './scenario-run';
import { choose, type Doer, operationOf, type Wanted } from './trigger-promotion';

/** Where a run is after a step. `waits_ms` is how long it waits by the clock of the service. */
export type RunState =
  | { state: 'goes_on'; did: string; outcome: string }
  | { state: 'sleeps'; until: string; waits_ms: number; may_close: boolean }
  | { state: 'ended'; outcome: string };

const byCalendar = new Set(['day', 'week', 'month', 'year']);

/** Versions never change. */
const knownSteps = new Map<number, Step[]>();
const mostKnown = 1_000;

/**
 * Takes the next step of a run, once: what it does and where the run is then are written in one transaction,
 * or what it does carries a key of its own. Throws InvalidInput where a step can never be carried out.
 */
export function createTakeScenarioStep(context: ActivityContext) {
  const { db, catalog, clock, scenarioOpenWaitSec } = context;
  const holds = createScenarioHolds(context);

  return async function takeScenarioStep({ run_id }: { run_id: string }): Promise<RunState> {
    const now = clock();
    const first = await inTransaction(db, '', async (tx) => {
      const found = await begin(tx, run_id, now);
      if ('state' in found) return found;
      const { run, step } = found;
      if ('hold' in step || step.kind === 'open_hold') return found;
      return finish(tx, run, step, await take(tx, run, step, now), now);
    });
    if ('state' in first) return first;
    const outcome = await holds.take(first.run, first.step, now);
    return inTransaction(db, '', async (tx) => {
      const found = await begin(tx, run_id, now);
      if ('state' in found) return found;
      if (found.run.step !== first.run.step) return { state: 'goes_on', did: first.step.id, outcome };
      return finish(tx, found.run, found.step, outcome, now);
    });
  };

  /** The run, locked, and its next step; or what it is instead of taking one. */
  async function begin(
    tx: Queryable,
    runId: string,
    now: string,
  ): Promise<{ run: Run; step: Step } | RunState> {
    const run = await lockRun(tx, runId);
    if (!run?.wakes_at) return { state: 'ended', outcome: run?.outcome ?? 'forgotten' };
    const end = async (outcome: string): Promise<RunState> => {
      await endRun(tx, runId, outcome, now);
      return { state: 'ended', outcome };
    };
    if (run.removed) return end('member_left');
    if (Date.parse(run.wakes_at) > Date.parse(now)) return sleeps(run.wakes_at, now);
    const step = (await stepsOf(tx, run.version_id))[run.step];
    return step ? { run, step } : end('done');
  }

  /** What became of the step: `done`, or why not. */
  async function take(tx: Queryable, run: Run, step: Step, now: string): Promise<string> {
    switch (step.kind) {
      case 'wait':
        return 'done';
      case 'check':
        return (await holdsFor(context, step.if, run, now)) ? 'done' : 'condition_not_met';
      case 'emit': {
        const { scenario_id, scenario_eid } = run;
        const names = { scenario_id, scenario_eid, run_id: Number(run.run_id), node_id: step.id };
        const data = JSON.stringify({ ...names, name: step.name, data: step.data ?? {} });
        await insertScenarioEvent(tx, run.program_id, run.member_id, now, data);
        return 'done';
      }
      case 'accrue':
      case 'redeem':
        return post(tx, run, { operation: step.kind, ...wantedBy(step) }, doerOf(run, step), now);
      default:
        throw new Error(`A step of kind ${step.kind} is taken elsewhere`);
    }
  }

  async function post(tx: Queryable, run: Run, wanted: Wanted, doer: Doer, now: string): Promise<string> {
    const program = catalog.program(run.program_id);
    if (!program) throw new Error(`Program ${run.program_id} is not known yet`);
    const chosen = await choose(catalog, program, wanted, now);
    if ('outcome' in chosen) return chosen.outcome;
    const operation = operationOf(wanted, chosen, run.member_id, doer, now);
    const origin = activityInfo().workflowExecution?.workflowId ?? activityInfo().activityId;
    const [outcome] = (await postOperations(tx, [operation], now, origin)) as [Outcome<Redeem>];
    if (!isRefusal(outcome)) return 'done';
    return outcome.refusal === 'insufficient_points' ? 'insufficient' : 'not_member';
  }

  /** Writes where the run goes on: behind the step, where its `otherwise` says, or nowhere. */
  async function finish(
    tx: Queryable,
    { run_id, version_id, step: index }: Run,
    step: Step,
    outcome: string,
    now: string,
  ): Promise<RunState> {
    if (outcome !== 'done') {
      const otherwise = 'otherwise' in step ? step.otherwise : undefined;
      const target = (await stepsOf(tx, version_id)).findIndex(({ id }) => id === otherwise);
      if (target < 0) {
        await endRun(tx, run_id, outcome, now);
        return { state: 'ended', outcome };
      }
      await moveRun(tx, run_id, target, now);
      return { state: 'goes_on', did: step.id, outcome };
    }
    if (step.kind !== 'wait') {
      await moveRun(tx, run_id, index + 1, now);
      return { state: 'goes_on', did: step.id, outcome };
    }
    const delay = `${step.n} ${step.unit}`;
    const { wakes_at } = await putRunToSleep(tx, run_id, index + 1, now, delay, byCalendar.has(step.unit));
    return sleeps(wakes_at, now);
  }

  function sleeps(until: string, now: string): RunState {
    const waitsMs = Date.parse(until) - Date.parse(now);
    return { state: 'sleeps', until, waits_ms: waitsMs, may_close: waitsMs > scenarioOpenWaitSec * 1000 };
  }

  async function stepsOf(tx: Queryable, versionId: number): Promise<Step[]> {
    const known = knownSteps.get(versionId);
    if (known) return known;
    if (knownSteps.size >= mostKnown) knownSteps.clear();
    const steps = JSON.parse((await readVersion(tx, versionId)).steps) as Step[];
    knownSteps.set(versionId, steps);
    return steps;
  }
}

/** Ends a run that its workflow cannot go on with; an operator has cancelled it, or it has failed. */
export function createEndScenarioRun({ db, clock }: ActivityContext) {
  return async function endScenarioRun(runId: string, outcome: 'canceled' | 'failed'): Promise<void> {
    await endRun(db, runId, outcome, clock());
  };
}
