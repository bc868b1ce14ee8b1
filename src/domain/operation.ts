import type { Amount } from './amount';
import type { Delay } from './settings';

/** Where a posting comes from (spec/domain.md 5): the table there says what iid, sid and subiid mean. */
export interface Source {
  source_type: 'api' | 'manual' | 'system' | 'order' | 'workflow' | 'tier_group';
  source_iid?: string;
  source_sid?: string;
  source_subiid?: string;
}

/** What is common to everything that touches one account. Times are RFC 3339 UTC. */
interface OnAccount {
  program_id: number;
  member_id: string;
  currency_iid: number;
}

/** Points in or out. `transaction_id` is made by whoever asks, so that a retry is recognised. */
interface Posting extends OnAccount, Source {
  transaction_id: string;
  /** The caller's idempotency key, with a hash of everything else that was asked (G-15). */
  transaction_eid?: string;
  request_hash?: string;
  amount: Amount;
  /**
   * Later than this nobody waits any more, and it is refused. Redemptions and temporary transactions have it,
   * so that points are not taken or reserved behind the back of a till that has given up.
   */
  not_after?: string;
  /** Makes it a temporary transaction that may be committed before this moment. */
  temp_until?: string;
  created_at?: string;
  promotion_id?: number;
  promotion_eid?: string;
  description?: string;
  /** Of a line of an order: external ids of what was bought. */
  product_eid?: string;
  sku_eid?: string;
  external_data?: unknown;
}

export interface Accrue extends Posting {
  verb: 'accrue';
  /** A tier that the member reached elsewhere: neither it nor those below are rewarded. */
  reached_tier_id?: number;
  activates_at?: string;
  expires_at?: string;
  /** Instead of activates_at: the points wait for `activate`. */
  waiting?: Waiting;
}

/** What is counted from when points that waited become active; what is absent is as their currency says. */
export interface Waiting {
  activation?: Delay;
  expiration?: Delay;
}

export interface Redeem extends Posting {
  verb: 'redeem';
  not_after: string;
}

export interface Cancel extends OnAccount, Source {
  verb: 'cancel';
  transaction_id: string;
  target_id: string;
}

/** Makes points active that waited for it. */
export interface Activate extends OnAccount, Source {
  verb: 'activate';
  transaction_id: string;
  target_id: string;
}

/** How a temporary transaction is wished to end; the ledger decides, and a late commit is a timeout. */
export type Wish = 'commit' | 'rollback' | 'cancel' | 'timeout';

export interface Settle extends OnAccount {
  verb: 'settle';
  target_id: string;
  wish: Wish;
}

export interface Register extends Partial<Source> {
  verb: 'register';
  transaction_id: string;
  program_id: number;
  profile_id: string;
  /** The registration date, if it is not now. */
  created_at?: string;
  /** For who comes with a balance of elsewhere; tiers that begin at 0 are not rewarded either. */
  without_initial_balance?: boolean;
  /** Nothing happens to whoever is a member or ever was one. */
  only_first?: boolean;
}

export interface Remove {
  verb: 'remove';
  transaction_id: string;
  program_id: number;
  member_id: string;
}

/** What `ledger.post` carries out. Keys are those of the SQL type `ledger.operation`. */
export type Operation = Accrue | Redeem | Activate | Cancel | Settle | Register | Remove;
