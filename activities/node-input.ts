import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import type { z } from 'zod';
import { readNode } from '../src/contract/nodes';
import { type Problem, problemsText } from '../src/contract/problems';
import { findMember } from '../src/db/queries/profiles';
import type { Program } from '../src/domain/catalog';
import { type Match, searchFor } from '../src/domain/matching';
import { isRefusal, type Refusal, refusalText } from '../src/domain/refusal';
import type { ActivityContext } from './index';

type Settings = Pick<ActivityContext, 'db' | 'catalog'>;

/** The failure type of input that can never be carried out; its details list the fields. */
const invalidInput = 'InvalidInput';

/** The input as its schema reads it. Throws InvalidInput, which is not tried again, with every problem. */
export function readInput<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const read = readNode(schema, given);
  if ('problems' in read) throw invalid(read.problems);
  return read.value;
}

/** What a node cannot be carried out for, whoever tries again. */
function invalid(problems: Problem[]): ApplicationFailure {
  return ApplicationFailure.create({
    type: invalidInput,
    message: problemsText(problems),
    nonRetryable: true,
    details: [problems],
  });
}

/** As invalid, of one field. */
export function invalidField(field: string, problem: string): ApplicationFailure {
  return invalid([{ field, problem }]);
}

/** The program, as fresh as can be if it is not known. Throws InvalidInput. */
export async function programOf({ catalog }: Settings, id: number): Promise<Program> {
  const program = catalog.program(id) ?? (await catalog.refresh().then(() => catalog.program(id)));
  if (!program) throw invalidField('loyalty_program_id', `program ${id} does not exist`);
  return program;
}

/**
 * The profile a match finds, and its membership if it has one; undefined if there is no such profile. Throws
 * InvalidInput where the match itself is wrong.
 */
export async function personOf({ db, catalog }: Settings, program: Program, match: Match) {
  const database = catalog.database(program.databaseId);
  if (!database) throw new Error(`Program ${program.id} has no database`);
  const search = searchFor(database, match);
  if (isRefusal(search)) throw refusedInput(search);
  const person = await findMember(db, database.id, program.id, search);
  if (!isRefusal(person)) return person;
  if (person.refusal === 'profile_not_found') return undefined;
  throw refusedInput(person);
}

/** A refusal that says what is wrong with the input. */
export function refusedInput(refusal: Refusal): ApplicationFailure {
  const text = refusalText(refusal);
  const [, field = '', problem = text] = /^(\w+): (.*)$/s.exec(text) ?? [];
  return invalidField(field, problem);
}

/** What a node was asked, in so few bytes that it can be kept beside what it did. */
export function hashOf(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

/** A node of a run does one thing: what it says must be what it said before. */
export function usedBefore({ run_id, node_id }: { run_id: number; node_id: string }): ApplicationFailure {
  return invalidField('node_id', `run ${run_id} has done node "${node_id}" before, with other input`);
}
