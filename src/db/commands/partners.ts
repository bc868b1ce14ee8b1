import { z } from 'zod';
import { checkPartner } from '../../domain/setting-rules';
import type { Objection, PartnerValues } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import { listPartners, listPrograms, type PartnerRow, partnerColumns, partnerRow } from '../queries/catalog';
import { type Queryable, queryFirst, queryOne } from '../query';

const json = z.string();

const insertPartner = queryOne({
  name: 'partner-insert',
  parameters: [json],
  row: partnerRow,
  text: `
    insert into catalog.partners (program_id, eid, name)
    select program_id, eid, name from jsonb_populate_record(null::catalog.partners, $1::jsonb)
    returning ${partnerColumns}`,
});

const updatePartner = queryOne({
  name: 'partner-update',
  parameters: [z.int(), json],
  row: partnerRow,
  text: `
    update catalog.partners p set (eid, name, updated_at) =
      (select eid, name, now() from jsonb_populate_record(p, $2::jsonb))
    where p.id = $1
    returning ${partnerColumns}`,
});

const deletePartnerRow = queryFirst({
  name: 'partner-delete',
  parameters: [z.int()],
  row: partnerRow,
  text: `delete from catalog.partners where id = $1 returning ${partnerColumns}`,
});

/** Every partner of a program, in order of id. */
export async function readPartners(db: Queryable, programId?: number): Promise<PartnerRow[]> {
  return (await listPartners(db)).filter(({ program_id }) => (programId ?? program_id) === program_id);
}

/** Makes a partner; undefined if there is no such program. */
export async function createPartner(
  db: Queryable,
  programId: number,
  values: PartnerValues,
): Promise<PartnerRow | Objection | undefined> {
  if (!(await listPrograms(db)).some(({ id }) => id === programId)) return undefined;
  const objection = checkPartner(values, await readPartners(db, programId));
  return objection ?? insertPartner(db, JSON.stringify({ ...values, program_id: programId }));
}

/** Changes what is given of a partner; undefined if there is none. */
export async function changePartner(
  db: Queryable,
  id: number,
  change: Partial<PartnerValues>,
): Promise<PartnerRow | Objection | undefined> {
  const before = (await readPartners(db)).find((partner) => partner.id === id);
  if (!before) return undefined;
  const others = (await readPartners(db, before.program_id)).filter((partner) => partner.id !== id);
  return checkPartner({ ...before, ...change }, others) ?? updatePartner(db, id, JSON.stringify(change));
}

/** Deletes a partner without products; undefined if there is none. */
export async function deletePartner(db: Queryable, id: number): Promise<PartnerRow | Objection | undefined> {
  try {
    return await deletePartnerRow(db, id);
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    return { objection: 'conflict', path: [], problem: `partner ${id} has products` };
  }
}
