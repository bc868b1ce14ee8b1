import type { Pool } from 'pg';
import type { Catalog } from '../../../catalog';
import { changeCatalog } from '../../../db/commands/catalog-change';
import type { Queryable } from '../../../db/query';
import { pathText } from '../../../domain/path-text';
import { type Refusal, refuse } from '../../../domain/refusal';
import { isObjection, type Objection } from '../../../domain/settings';

/** What management handlers work with. */
export interface AdminDependencies {
  db: Pool;
  catalog: Catalog;
}

/** The refusals that a change may come to: none if it never objects. */
type ObjectionsOf<T> = [Extract<T, Objection>] extends [never] ? never : Refusal<'bad_request' | 'conflict'>;

/**
 * Runs a change of the settings; whoever made it sees it in the next answer of this process, and other
 * processes hear of it. Objections become refusals: bad_request, conflict.
 */
export async function change<T>(
  { db, catalog }: AdminDependencies,
  work: (db: Queryable) => Promise<T>,
): Promise<Exclude<T, Objection> | ObjectionsOf<T>> {
  const result = await changeCatalog(db, work);
  if (isObjection(result)) {
    const { objection, path, problem } = result;
    const text = path.length > 0 ? `${pathText(path)}: ${problem}` : problem;
    return refuse(objection, { problem: text }) as ObjectionsOf<T>;
  }
  await catalog.refresh();
  return result as Exclude<T, Objection>;
}

/** The row, or that there is none. */
export function found<R>(row: R | undefined, resource: string, id: string | number) {
  return row ?? refuse('resource_not_found', { resource, id });
}

/** Without the keys that were left out, so that what they stand for stays. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const defaultLimit = 100;

/** One page of rows that have a key each, in order of it. */
export function pageOf<R, K extends number | string, A>(
  rows: readonly R[],
  keyOf: (row: R) => K,
  { after, limit = defaultLimit }: { after?: K | undefined; limit?: number | undefined },
  answer: (row: R) => A,
): { items: A[]; next_after: K | null } {
  const sorted = [...rows].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const rest = sorted.filter((row) => after === undefined || keyOf(row) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(answer), next_after: last && rest.length > page.length ? keyOf(last) : null };
}
