import { z } from 'zod';
import { listCategories } from '../queries/goods';
import { command, type Queryable, query } from '../query';

/** A category as an import says it. */
export interface CategoryChange {
  external_id: string;
  name: string;
  parent_external_id?: string | null | undefined;
}

const lockCategories = query({
  name: 'categories-lock',
  parameters: [],
  row: z.object({ lock: z.unknown() }),
  text: `select pg_advisory_xact_lock(hashtextextended('market.categories', 0)) as lock`,
});

const upsertCategories = command({
  name: 'categories-upsert',
  parameters: [z.string()],
  text: `
    insert into market.categories (external_id, name, parent_external_id, path)
    select external_id, name, parent_external_id, path
    from jsonb_to_recordset($1::jsonb) as n(external_id text, name text, parent_external_id text, path text[])
    on conflict (external_id) do update set
      name = excluded.name, parent_external_id = excluded.parent_external_id, path = excluded.path,
      updated_at = now()`,
});

type Category = { external_id: string; name: string; parent_external_id: string | null };

/**
 * Makes categories or changes them, in a transaction of the caller; a parent that is not mentioned stays.
 * Answers what is wrong with the parent of the first that cannot be, by its index.
 */
export async function writeCategories(
  db: Queryable,
  changes: readonly CategoryChange[],
): Promise<{ index: number; problem: string } | null> {
  if (changes.length === 0) return null;
  await lockCategories(db);
  const rows = await listCategories(db);
  const paths = new Map(rows.map((row) => [row.external_id, row.path]));
  const after = new Map<string, Category>(rows.map((row) => [row.external_id, row]));
  for (const { external_id, name, parent_external_id } of changes) {
    const parent = parent_external_id ?? (parent_external_id === null ? null : undefined);
    const before = after.get(external_id);
    after.set(external_id, {
      external_id,
      name,
      parent_external_id: parent === undefined ? (before?.parent_external_id ?? null) : parent,
    });
  }
  const problem = problemOf(changes, after);
  if (problem) return problem;
  const names = new Map(rows.map((row) => [row.external_id, row.name]));
  const changed = [...after.values()]
    .map((category) => ({ ...category, path: pathOf(category.external_id, after) }))
    .filter(({ external_id, name, path }) => {
      const isSame =
        names.get(external_id) === name && paths.get(external_id)?.join('\0') === path.join('\0');
      return !isSame;
    });
  await upsertCategories(db, JSON.stringify(changed));
  return null;
}

function problemOf(changes: readonly CategoryChange[], all: ReadonlyMap<string, Category>) {
  for (const [index, { external_id }] of changes.entries()) {
    const parent = all.get(external_id)?.parent_external_id ?? null;
    if (parent !== null && !all.has(parent)) {
      return { index, problem: `there is no category "${parent}"` };
    }
  }
  const index = changes.findIndex(({ external_id }) => pathOf(external_id, all).length > deepest);
  return index < 0 ? null : { index, problem: `expected at most ${deepest} levels` };
}

const deepest = 50;

/** From the category up; one that lies inside itself has a path that is too long. */
function pathOf(externalId: string, all: ReadonlyMap<string, Category>): string[] {
  const path: string[] = [];
  let next: string | null = externalId;
  while (next !== null && path.length <= deepest) {
    path.push(next);
    next = all.get(next)?.parent_external_id ?? null;
  }
  return path;
}
