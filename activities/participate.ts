import { activityInfo } from '@temporalio/activity';
import { uuidv7 } from 'uuidv7';
import { type ParticipationNode, participationInput } from '../src/contract/nodes';
import {
  claimParticipation,
  noteParticipation,
  readParticipation,
  releaseParticipation,
} from '../src/db/commands/participations';
import { postOperations } from '../src/db/ledger';
import type { Queryable } from '../src/db/query';
import { inTransaction } from '../src/db/transaction';
import type { Participated } from '../src/domain/node';
import type { Register, Remove } from '../src/domain/operation';
import type { Outcome } from '../src/domain/outcome';
import { isRefusal } from '../src/domain/refusal';
import type { ActivityContext } from './index';
import { hashOf, personOf, programOf, readInput, usedBefore } from './node-input';

/** `holds`: the temporary transactions that a removal rolled back; their workflows are to be told. */
export interface Participation {
  result: Participated;
  holds: string[];
}

type Done = { changed: boolean; holds: string[] };
type Person = { profile_id: string; member_id: string | null };

/**
 * The node "Loyalty participation". A run does what a node says once: repeated, it answers what it did, even
 * if the membership has changed since. Throws InvalidInput.
 */
export function createParticipate(context: ActivityContext) {
  const { db, catalog, clock } = context;

  return async function participate(given: unknown): Promise<Participation> {
    const input = readInput(participationInput, given);
    const program = await programOf(context, input.loyalty_program_id);
    const person = await personOf(context, program, input.matching);
    if (!person) return no('profile_not_found');
    if (!program.isActive) {
      await catalog.refresh();
      if (!catalog.program(program.id)?.isActive) return no('program_inactive');
    }
    const done = await inTransaction(db, '', (tx) => doOnce(tx, input, person));
    if (!done) return no(input.operation === 'remove' ? 'not_member' : 'profile_not_found');
    const { changed, holds } = done;
    return { result: { outcome: 'done', profile_id: person.profile_id, changed }, holds };
  };

  /** The claim comes before every lock of the ledger, so nobody waits for it who holds one. */
  async function doOnce(tx: Queryable, input: ParticipationNode, person: Person): Promise<Done | undefined> {
    const { loyalty_program_id, scenario_id, run_id, node_id } = input;
    const key = [loyalty_program_id, String(scenario_id), String(run_id), node_id] as const;
    const hash = hashOf([person.profile_id, input.operation]);
    if ((await claimParticipation(tx, ...key, hash)) === 0) {
      const { request_hash, changed } = await readParticipation(tx, ...key);
      if (request_hash === hash) return { changed, holds: [] };
      throw usedBefore(input);
    }
    const done = await change(tx, input, person);
    if (!done) await releaseParticipation(tx, ...key);
    if (done?.changed) await noteParticipation(tx, ...key);
    return done;
  }

  async function change(
    tx: Queryable,
    { operation, loyalty_program_id: program_id }: ParticipationNode,
    { profile_id, member_id }: Person,
  ): Promise<Done | undefined> {
    const origin = activityInfo().workflowExecution?.workflowId ?? activityInfo().activityId;
    const key = { transaction_id: uuidv7(), program_id };
    if (operation === 'add') {
      const register: Register = { verb: 'register', ...key, profile_id };
      const [outcome] = (await postOperations(tx, [register], clock(), origin)) as [Outcome<Register>];
      return isRefusal(outcome) ? undefined : { changed: outcome.registered, holds: [] };
    }
    if (member_id === null) return undefined;
    const remove: Remove = { verb: 'remove', ...key, member_id };
    const [outcome] = (await postOperations(tx, [remove], clock(), origin)) as [Outcome<Remove>];
    return isRefusal(outcome) ? undefined : { changed: true, holds: outcome.holds };
  }
}

function no(outcome: Exclude<Participated['outcome'], 'done'>): Participation {
  return { result: { outcome }, holds: [] };
}
