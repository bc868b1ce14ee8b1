import { z } from 'zod';
import { checkPromotionGroup } from '../../domain/setting-rules';
import type { Objection, PromotionGroupValues } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import {
  listPrograms,
  listPromotionGroups,
  promotionGroupColumns,
  promotionGroupRow,
} from '../queries/catalog';
import { command, type Queryable, queryOne } from '../query';

/** A promotion group as it is stored and as it may be set. */
export interface PromotionGroupRecord extends PromotionGroupValues {
  id: number;
  program_id: number;
  created_at: string;
  updated_at: string;
}

const json = z.string();
const settable = 'external_id, name, parent_id, mode, priority';

const insertGroup = queryOne({
  name: 'promotion-group-insert',
  parameters: [json],
  row: promotionGroupRow,
  text: `
    insert into catalog.promotion_groups (id, program_id, ${settable})
    select coalesce(id, nextval('catalog.promotion_groups_id_seq')::int), program_id, ${settable}
    from jsonb_populate_record(null::catalog.promotion_groups, $1::jsonb)
    returning ${promotionGroupColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'promotion-group-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.promotion_groups_id_seq', greatest(last_value, $1::int)) as last
    from catalog.promotion_groups_id_seq`,
});

const updateGroup = queryOne({
  name: 'promotion-group-update',
  parameters: [z.int(), json],
  row: promotionGroupRow,
  text: `
    update catalog.promotion_groups g set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(g, $2::jsonb))
    where g.id = $1
    returning ${promotionGroupColumns}`,
});

const deleteGroup = command({
  name: 'promotion-group-delete',
  parameters: [z.int()],
  text: 'delete from catalog.promotion_groups where id = $1',
});

/** Every promotion group of a program, in order of id. */
export async function readPromotionGroups(
  db: Queryable,
  programId?: number,
): Promise<PromotionGroupRecord[]> {
  const rows = await listPromotionGroups(db);
  const names = new Map(rows.map(({ id, external_id }) => [id, external_id]));
  return rows
    .filter((row) => (programId ?? row.program_id) === row.program_id)
    .map(({ parent_id, ...row }) => ({
      ...row,
      parent: parent_id === null ? null : (names.get(parent_id) ?? null),
    }));
}

/**
 * Makes a promotion group, with an id of the caller's choice if one is given; undefined if there is no such
 * program.
 */
export async function createPromotionGroup(
  db: Queryable,
  programId: number,
  values: PromotionGroupValues & { id?: number | undefined },
): Promise<PromotionGroupRecord | Objection | undefined> {
  if (!(await listPrograms(db)).some(({ id }) => id === programId)) return undefined;
  const others = await readPromotionGroups(db, programId);
  const objection = checkPromotionGroup(values, others);
  if (objection) return objection;
  const columns = { ...values, parent_id: parentId(values, others), program_id: programId };
  const { id } = await insertGroup(db, JSON.stringify(columns));
  if (values.id !== undefined) await keepAhead(db, id);
  return readGroup(db, id);
}

/** Changes what is given of a promotion group; undefined if there is none. */
export async function changePromotionGroup(
  db: Queryable,
  id: number,
  change: Partial<PromotionGroupValues>,
): Promise<PromotionGroupRecord | Objection | undefined> {
  const before = await readGroup(db, id);
  if (!before) return undefined;
  const after = { ...before, ...change };
  const others = (await readPromotionGroups(db, before.program_id)).filter((group) => group.id !== id);
  const objection = checkPromotionGroup(after, others);
  if (objection) return objection;
  await updateGroup(db, id, JSON.stringify({ ...after, parent_id: parentId(after, others) }));
  return readGroup(db, id);
}

/** Deletes a promotion group that nothing is in; undefined if there is none. */
export async function deletePromotionGroup(
  db: Queryable,
  id: number,
): Promise<PromotionGroupRecord | Objection | undefined> {
  const before = await readGroup(db, id);
  try {
    await deleteGroup(db, id);
    return before;
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    return { objection: 'conflict', path: [], problem: `promotions or groups are in promotion group ${id}` };
  }
}

async function readGroup(db: Queryable, id: number): Promise<PromotionGroupRecord | undefined> {
  return (await readPromotionGroups(db)).find((group) => group.id === id);
}

function parentId({ parent }: PromotionGroupValues, others: readonly PromotionGroupRecord[]): number | null {
  return others.find(({ external_id }) => external_id === parent)?.id ?? null;
}
