import type { ApiHandlers } from '../handler';
import { createAccountHandlers } from './account';
import { createDatabaseHandlers } from './databases';
import { createMemberHandlers } from './members';
import { createPointsHandlers } from './points';
import { createProfileHandlers } from './profiles';
import { createPromotionHandlers } from './promotions';
import type { Dependencies } from './target';
import { createTransactionHandlers } from './transactions';

/** The handlers of the whole API. */
export function createHandlers(dependencies: Dependencies): ApiHandlers {
  return {
    account: createAccountHandlers(dependencies),
    databases: createDatabaseHandlers(dependencies),
    members: createMemberHandlers(dependencies),
    points: createPointsHandlers(dependencies),
    profiles: createProfileHandlers(dependencies),
    promotions: createPromotionHandlers(dependencies),
    transactions: createTransactionHandlers(dependencies),
  };
}
