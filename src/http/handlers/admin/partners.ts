import type { adminPartners } from '../../../contract/admin/partners';
import { changePartner, createPartner, deletePartner, readPartners } from '../../../db/commands/partners';
import { listPrograms } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Partner';

export function createAdminPartnerHandlers(dependencies: AdminDependencies): Handlers<typeof adminPartners> {
  const { db } = dependencies;
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      const rows = await readPartners(db, program_id);
      return pageOf(
        rows,
        ({ id }) => id,
        input,
        (row) => row,
      );
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createPartner(tx, program_id, values));
      return isRefusal(row) ? row : found(row, 'Loyalty program', program_id);
    },
    async read({ id }) {
      const row = (await readPartners(db)).find((it) => it.id === id);
      return found(row, resource, id);
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changePartner(tx, id, given(values)));
      return isRefusal(row) ? row : found(row, resource, id);
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deletePartner(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}
