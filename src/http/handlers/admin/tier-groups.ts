import type { adminTierGroups } from '../../../contract/admin/tier-groups';
import {
  changeTierGroup,
  createTierGroup,
  deleteTierGroup,
  readTierGroups,
} from '../../../db/commands/tier-groups';
import { listPrograms } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Tier group';

export function createAdminTierGroupHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminTierGroups> {
  const { db } = dependencies;
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      return pageOf(
        await readTierGroups(db, program_id),
        ({ id }) => id,
        input,
        (row) => row,
      );
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createTierGroup(tx, program_id, values));
      return isRefusal(row) ? row : found(row, 'Loyalty program', program_id);
    },
    async read({ id }) {
      return found(
        (await readTierGroups(db)).find((row) => row.id === id),
        resource,
        id,
      );
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changeTierGroup(tx, id, given(values)));
      return isRefusal(row) ? row : found(row, resource, id);
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deleteTierGroup(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}
