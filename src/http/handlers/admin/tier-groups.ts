import type { adminTierGroups } from '../../../contract/admin/tier-groups';
import {
  changeTierGroup,
  createTierGroup,
  deleteTierGroup,
  readTierGroups,
} from '../../../db/commands/tier-groups';
import type { Handlers } from '../../handler';
import type { AdminDependencies } from './change';
import { handlersOfProgram } from './of-program';

export function createAdminTierGroupHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminTierGroups> {
  return handlersOfProgram(dependencies, {
    noun: 'Tier group',
    read: readTierGroups,
    create: createTierGroup,
    change: changeTierGroup,
    remove: deleteTierGroup,
  });
}
