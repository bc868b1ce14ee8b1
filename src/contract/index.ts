import { account } from './account';
import { members } from './members';
import { points } from './points';
import { promotions } from './promotions';
import { transactions } from './transactions';

/** Every endpoint there is, by subject. */
export const subjects = { points, transactions, account, promotions, members };
