import type { Catalog } from '../../catalog';
import { type Access, type Database, mayUseProgram } from '../../domain/catalog';
import { type Refusal, refuse } from '../../domain/refusal';

/** Whether the token may use a database: with a list of programs, only the databases of those. */
export function mayUseDatabase(catalog: Catalog, access: Access, databaseId: number): boolean {
  if (access.programIds === null) return true;
  return catalog
    .programs()
    .some((program) => program.databaseId === databaseId && mayUseProgram(access, program.id));
}

/** The database a request names, if the token may use it. */
export function findDatabase(
  catalog: Catalog,
  access: Access,
  databaseId: number,
): Database | Refusal<'database_not_found' | 'database_not_allowed'> {
  if (!mayUseDatabase(catalog, access, databaseId)) {
    return refuse('database_not_allowed', { database: databaseId });
  }
  return catalog.database(databaseId) ?? refuse('database_not_found', { database: databaseId });
}
