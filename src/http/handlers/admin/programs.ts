import type { adminPrograms } from '../../../contract/admin/programs';
import { changeProgram, createProgram, deleteProgram } from '../../../db/commands/programs';
import { listPrograms } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Loyalty program';

export function createAdminProgramHandlers(dependencies: AdminDependencies): Handlers<typeof adminPrograms> {
  const { db } = dependencies;
  return {
    list: async (input) =>
      pageOf(
        await listPrograms(db),
        ({ id }) => id,
        input,
        (row) => row,
      ),
    create: (input) => change(dependencies, (tx) => createProgram(tx, input)),
    read: async ({ id }) =>
      found(
        (await listPrograms(db)).find((row) => row.id === id),
        resource,
        id,
      ),
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changeProgram(tx, id, given(values)));
      return isRefusal(row) ? row : found(row, resource, id);
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deleteProgram(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}
