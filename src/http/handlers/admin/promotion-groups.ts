import type { adminPromotionGroups } from '../../../contract/admin/promotion-groups';
import {
  changePromotionGroup,
  createPromotionGroup,
  deletePromotionGroup,
  readPromotionGroups,
} from '../../../db/commands/promotion-groups';
import { listPrograms } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Promotion group';

export function createAdminPromotionGroupHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminPromotionGroups> {
  const { db } = dependencies;
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      const rows = await readPromotionGroups(db, program_id);
      return pageOf(
        rows,
        ({ id }) => id,
        input,
        (row) => row,
      );
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createPromotionGroup(tx, program_id, values));
      return isRefusal(row) ? row : found(row, 'Loyalty program', program_id);
    },
    async read({ id }) {
      const row = (await readPromotionGroups(db)).find((it) => it.id === id);
      return found(row, resource, id);
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changePromotionGroup(tx, id, given(values)));
      return isRefusal(row) ? row : found(row, resource, id);
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deletePromotionGroup(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}
