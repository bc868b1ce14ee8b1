import type { adminPartnerProducts } from '../../../contract/admin/partner-products';
import {
  changePartnerProduct,
  createPartnerProduct,
  deletePartnerProduct,
  readPartnerProducts,
} from '../../../db/commands/partner-products';
import type { Handlers } from '../../handler';
import type { AdminDependencies } from './change';
import { handlersOfProgram } from './of-program';

export function createAdminPartnerProductHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminPartnerProducts> {
  return handlersOfProgram(dependencies, {
    noun: 'Partner product',
    read: readPartnerProducts,
    create: createPartnerProduct,
    change: changePartnerProduct,
    remove: deletePartnerProduct,
  });
}
