import type { adminPartners } from '../../../contract/admin/partners';
import { changePartner, createPartner, deletePartner, readPartners } from '../../../db/commands/partners';
import type { Handlers } from '../../handler';
import type { AdminDependencies } from './change';
import { handlersOfProgram } from './of-program';

export function createAdminPartnerHandlers(dependencies: AdminDependencies): Handlers<typeof adminPartners> {
  return handlersOfProgram(dependencies, {
    noun: 'Partner',
    read: readPartners,
    create: createPartner,
    change: changePartner,
    remove: deletePartner,
  });
}
