import type { Amount } from './amount';
import type { Operation } from './operation';
import type { Refusal, RefusalCode } from './refusal';

type Refused<C extends RefusalCode> = Refusal<C>;

/** Balances are the active ones, before and after. `repeated`: an earlier request had done it already. */
export interface Posted {
  transaction_id: string;
  balance_before: Amount;
  balance_after: Amount;
  repeated: boolean;
}

/** How a temporary transaction ended. A committed accrual answers the id of its new, full transaction. */
export type Settled =
  | {
      state: 'committed' | 'rolled_back' | 'timed_out';
      canceled: boolean;
      transaction_id: string;
      balance: Amount;
    }
  | { state: 'never_opened'; transaction_id: string };

/** `balance`: the active one, also where nothing waited any more. */
export interface Activated {
  transaction_id: string;
  balance: Amount;
}

export interface Canceled {
  transaction_id: string;
  balance: Amount;
}

/** `registered` is false for somebody who was a member already. */
export interface Registered {
  profile_id: string;
  registered: boolean;
}

/** `holds`: the temporary transactions that the removal rolled back. */
export interface Removed {
  profile_id: string;
  holds: string[];
}

interface Outcomes {
  accrue: Posted | Refused<'member_not_found' | 'eid_reused' | 'request_expired'>;
  redeem: Posted | Refused<'member_not_found' | 'eid_reused' | 'request_expired' | 'insufficient_points'>;
  activate: Activated | Refused<'member_not_found' | 'transaction_not_found'>;
  cancel:
    | Canceled
    | Refused<
        | 'member_not_found'
        | 'transaction_not_found'
        | 'not_cancelable'
        | 'points_spent'
        | 'already_rolled_back'
        | 'already_timed_out'
      >;
  settle: Settled | Refused<'member_not_found'>;
  register: Registered | Refused<'profile_not_found'>;
  remove: Removed | Refused<'member_not_found'>;
}

/** What an operation comes to: exactly what its SQL function answers. */
export type Outcome<O extends Operation = Operation> = Outcomes[O['verb']];

/** What an operation comes to that could not be carried out for a reason nobody foresaw. */
export interface Fault {
  fault: string;
}

/**
 * The failure type of a batch some of whose operations are faults; its detail is the list of all outcomes.
 */
export const faultyOperations = 'FaultyOperations';
