import type { Pool } from 'pg';
import type { Catalog } from '../../catalog';
import { findMember } from '../../db/queries/profiles';

import {
  type Access,
  type Currency,
  type CurrencySelector,
  mayUseProgram,
  type Program,
} from '../../domain/catalog';
import { type Match, searchFor } from '../../domain/matching';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../../domain/refusal';
import type { FileStore } from '../../file-store';
import type { Gateway } from '../../gateway';

/** What handlers work with. */
export interface Dependencies {
  db: Pool;
  catalog: Catalog;
  gateway: Gateway;
  files: FileStore;
}

/** The program a request names, if the token may use it. */
export function findProgram(
  catalog: Catalog,
  access: Access,
  programId: number,
): Program | Refusal<'program_not_found' | 'program_not_allowed'> {
  if (!mayUseProgram(access, programId)) return refuse('program_not_allowed', { program: programId });
  return catalog.program(programId) ?? refuse('program_not_found', { program: programId });
}

/** As findProgram, for requests that write: the program must be switched on. */
export function findActiveProgram(
  catalog: Catalog,
  access: Access,
  programId: number,
): Program | Refusal<'program_not_found' | 'program_not_allowed' | 'program_inactive'> {
  const program = findProgram(catalog, access, programId);
  if (isRefusal(program) || program.isActive) return program;
  return refuse('program_inactive', { program: programId });
}

type ProfileRefusal = 'field_unknown' | 'bad_request' | 'profile_not_found' | 'profile_ambiguous';

/** The profile a request names in the program's database, and its membership if it has one. */
export async function findPerson(
  { db, catalog }: Dependencies,
  program: Program,
  match: Match,
): Promise<{ profile_id: string; member_id: string | null } | Refusal<ProfileRefusal>> {
  const database = catalog.database(program.databaseId);
  if (!database) throw new Error(`Program ${program.id} has no database`);
  const search = searchFor(database, match);
  return isRefusal(search) ? search : findMember(db, database.id, program.id, search);
}

/** As findPerson, for requests about members: who is none is refused. */
export async function findMemberOf(
  dependencies: Dependencies,
  program: Program,
  match: Match,
): Promise<{ profile_id: string; member_id: string } | Refusal<ProfileRefusal | 'member_not_found'>> {
  const person = await findPerson(dependencies, program, match);
  if (isRefusal(person)) return person;
  const { profile_id, member_id } = person;
  return member_id === null ? refuse('member_not_found', { program: program.id }) : { profile_id, member_id };
}

/** The currency and member a request about one account means; `choose` is findCurrency or chooseCurrency. */
export async function findAccount<C extends RefusalCode>(
  dependencies: Dependencies,
  access: Access,
  input: { loyalty_program_id: number; currency: CurrencySelector; matching: Match },
  choose: (
    program: Program,
    currencies: readonly Currency[],
    selector: CurrencySelector,
  ) => Currency | Refusal<C>,
) {
  const program = findProgram(dependencies.catalog, access, input.loyalty_program_id);
  if (isRefusal(program)) return program;
  const currency = choose(program, dependencies.catalog.currencies(program.id), input.currency);
  if ('refusal' in currency) return currency;
  const member = await findMemberOf(dependencies, program, input.matching);
  return isRefusal(member) ? member : { currency, ...member };
}
