import { account } from './account';
import { databases } from './databases';
import { members } from './members';
import { points } from './points';
import { profiles } from './profiles';
import { promotions } from './promotions';
import { transactions } from './transactions';

/** Every endpoint there is, by subject. */
export const subjects = { points, transactions, account, promotions, members, profiles, databases };
