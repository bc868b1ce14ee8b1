import type { adminPromotionGroups } from '../../../contract/admin/promotion-groups';
import {
  changePromotionGroup,
  createPromotionGroup,
  deletePromotionGroup,
  readPromotionGroups,
} from '../../../db/commands/promotion-groups';
import type { Handlers } from '../../handler';
import type { AdminDependencies } from './change';
import { handlersOfProgram } from './of-program';

export function createAdminPromotionGroupHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminPromotionGroups> {
  return handlersOfProgram(dependencies, {
    noun: 'Promotion group',
    read: readPromotionGroups,
    create: createPromotionGroup,
    change: changePromotionGroup,
    remove: deletePromotionGroup,
  });
}
