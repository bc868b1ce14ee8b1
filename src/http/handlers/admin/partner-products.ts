import type { adminPartnerProducts } from '../../../contract/admin/partner-products';
import {
  changePartnerProduct,
  createPartnerProduct,
  deletePartnerProduct,
  readPartnerProducts,
} from '../../../db/commands/partner-products';
import { listPrograms } from '../../../db/queries/catalog';
import { isRefusal } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Partner product';

export function createAdminPartnerProductHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminPartnerProducts> {
  const { db } = dependencies;
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      const rows = await readPartnerProducts(db, program_id);
      return pageOf(
        rows,
        ({ id }) => id,
        input,
        (row) => row,
      );
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createPartnerProduct(tx, program_id, values));
      return isRefusal(row) ? row : found(row, 'Loyalty program', program_id);
    },
    async read({ id }) {
      const row = (await readPartnerProducts(db)).find((it) => it.id === id);
      return found(row, resource, id);
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changePartnerProduct(tx, id, given(values)));
      return isRefusal(row) ? row : found(row, resource, id);
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deletePartnerProduct(tx, id));
      return isRefusal(row) ? row : found(row, resource, id);
    },
  };
}
