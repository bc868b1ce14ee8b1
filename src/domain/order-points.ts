/** What the statuses of a confirmed order do to its points. */

import type { LineStatus } from './market';
import type { Activate, Cancel } from './operation';
import type { RefusalCode } from './refusal';
import type { OrderPointsValues } from './settings';

/** An order as it stands now; a line without a status, or with one nobody knows any more, has no type. */
export interface OrderStanding {
  id: number;
  external_id: string;
  status: string;
  lines: readonly { line_no: number; status_type: LineStatus['type'] | null }[];
}

/** A posting of an order that was not cancelled. */
export interface OrderPosting {
  transaction_id: string;
  program_id: number;
  member_id: string;
  currency_iid: number;
  /** The number of the line it belongs to. */
  line_no: number;
  is_waiting: boolean;
}

/** An order whose points are to be looked at, and whose it is. */
export interface NotedOrder {
  order_id: number;
  external_id: string;
  /** External id of its program. */
  program: string;
  profile_id: string;
}

/** What looking at the points of an order came to, in postings; nothing was to do if nobody had noted it. */
export interface SettledOrderPoints {
  activated: number;
  canceled: number;
  /** Could not be cancelled, or activated, and why; not tried again until somebody says a status anew. */
  refused: RefusedPosting[];
}

export interface RefusedPosting {
  transaction_id: string;
  reason: RefusalCode;
}

/** Whether accruals of an order in this status wait for another. */
export function awaitsStatus(rule: OrderPointsValues | null, status: string): boolean {
  return rule !== null && rule.activated_by !== null && !rule.activated_by.includes(status);
}

/** Whether an order in this status has no points. */
export function isCanceledBy(rule: OrderPointsValues | null, status: string): boolean {
  return rule?.canceled_by.includes(status) ?? false;
}

/**
 * What the ledger is to be asked so that the postings of an order become what its statuses say. Nothing is
 * done twice, and what was cancelled or activated stays so, whatever becomes of the order.
 */
export function dueOperations(
  rule: OrderPointsValues | null,
  order: OrderStanding,
  postings: readonly OrderPosting[],
  newId: () => string,
): (Cancel | Activate)[] {
  const isBack = (lineNo: number) => rule?.refunded_lines === true && isTakenBack(order, lineNo);
  return postings.flatMap((posting): (Cancel | Activate)[] => {
    if (isCanceledBy(rule, order.status) || isBack(posting.line_no)) {
      return [{ verb: 'cancel', ...about(order, posting), transaction_id: newId() }];
    }
    if (!posting.is_waiting || awaitsStatus(rule, order.status)) return [];
    return [{ verb: 'activate', ...about(order, posting), transaction_id: newId() }];
  });
}

function isTakenBack({ lines }: OrderStanding, lineNo: number): boolean {
  const type = lines.find(({ line_no }) => line_no === lineNo)?.status_type;
  return type === 'refunded' || type === 'canceled';
}

/** Source order, as spec/domain.md 5 has it: order id, external id, number of the line. */
function about({ id, external_id }: OrderStanding, posting: OrderPosting) {
  const { transaction_id: target_id, program_id, member_id, currency_iid, line_no } = posting;
  return {
    ...{ target_id, program_id, member_id, currency_iid },
    ...{ source_type: 'order' as const, source_iid: String(id), source_sid: external_id },
    source_subiid: String(line_no),
  };
}
