import type { Amount } from './amount';
import type { RefusalCode } from './refusal';

/** What nodes of scenarios come to: a "no" is a value here, as everywhere. */

/** Balances are the active ones before and after, as trimmed decimal strings. */
export type PointsManaged =
  | { outcome: 'done'; transaction_id: string; balance_before: Amount; balance_after: Amount }
  | { outcome: 'insufficient' | 'not_member' }
  | PromotionUnavailable;

/** The promotion does not do this now: `reason` and `text` are those the HTTP API would answer. */
export interface PromotionUnavailable {
  outcome: 'promotion_unavailable';
  reason: RefusalCode;
  text: string;
}

/** `changed` is false for somebody who was a member already. */
export type Participated =
  | { outcome: 'done'; profile_id: string; changed: boolean }
  | { outcome: 'not_member' | 'profile_not_found' | 'program_inactive' };
