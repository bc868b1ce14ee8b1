import { ledgerChecks, listOpenHolds } from './queries/check';
import { orderChecks } from './queries/check-orders';
import type { Queryable } from './query';

export interface Violation {
  rule: string;
  account_id: string;
  detail: string;
}

/**
 * Proves the ledger: every rule of `ledgerChecks` and `orderChecks`, and that each open hold has a live
 * workflow, if `isHoldLive` is given. Answers what is wrong; an empty list is the proof. Reads one snapshot,
 * so it may run while points move.
 */
export async function checkLedger(
  db: Queryable,
  isHoldLive?: (transactionId: string) => Promise<boolean>,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  await db.query({ text: 'begin transaction isolation level repeatable read read only' });
  try {
    for (const [rule, find] of Object.entries({ ...ledgerChecks, ...orderChecks })) {
      for (const row of await find(db)) violations.push({ rule, ...row });
    }
    if (isHoldLive) violations.push(...(await checkWorkflows(db, isHoldLive)));
  } finally {
    await db.query({ text: 'rollback' });
  }
  return violations;
}

async function checkWorkflows(
  db: Queryable,
  isHoldLive: (transactionId: string) => Promise<boolean>,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { account_id, transaction_id } of await listOpenHolds(db)) {
    if (await isHoldLive(transaction_id)) continue;
    const detail = `hold ${transaction_id} is open, but its workflow is not running`;
    violations.push({ rule: 'every open hold has a running workflow', account_id, detail });
  }
  return violations;
}
