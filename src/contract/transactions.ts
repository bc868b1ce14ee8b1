import type { RefusalCode } from '../domain/refusal';
import { activeBalance, transactionId, transactionKeys } from './common';
import { endpoint } from './endpoint';
import { object } from './fields';
import { type Report, request } from './request';

const named = request(transactionKeys, {}, (value, report: Report) => {
  if (value.transaction_id === undefined && value.transaction_eid === undefined) {
    report('transaction_id', 'is required, or transaction_eid');
  }
});

const settled = object({ data: object({ transaction_id: transactionId(), balance: activeBalance() }) });

const sharedRefusals = [
  'transaction_not_found',
  'ids_disagree',
  'eid_ambiguous',
  'program_inactive',
] as const satisfies readonly RefusalCode[];

const commit = endpoint({
  path: '/api/v1.1/loyalty/commit_transaction',
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Commit a temporary transaction',
  description:
    'Makes a temporary transaction permanent. Committing a temporary accrual creates a new, full ' +
    'transaction. Ours: its id is the one answered, while a redemption keeps its id; committing again ' +
    'gets the first answer again; both ids, if given, must denote one transaction.',
  request: named,
  response: settled,
  refusals: [
    ...sharedRefusals,
    'transaction_not_temporary',
    'already_rolled_back',
    'already_timed_out',
    'already_canceled',
  ],
  examples: [
    {
      request: { transaction_eid: 'pos-18' },
      response: { data: { transaction_id: '0195c0de-2222-7abc-8def-001122334455', balance: '15.25' } },
    },
  ],
});

const rollback = endpoint({
  path: '/api/v1.1/loyalty/rollback_transaction',
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Roll back a temporary transaction',
  description:
    'Ends a temporary transaction without effect and recomputes the active balance. Ours: rolling back ' +
    'again, or after the timeout or a cancellation has done it, is a success too.',
  request: named,
  response: settled,
  refusals: [...sharedRefusals, 'transaction_not_temporary', 'already_committed'],
  examples: [
    {
      request: { transaction_id: '0195c0de-2222-7abc-8def-001122334455' },
      response: { data: { transaction_id: '0195c0de-2222-7abc-8def-001122334455', balance: '25.50' } },
    },
  ],
});

const cancel = endpoint({
  path: '/api/v1.1/loyalty/cancel_transaction',
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Cancel a transaction',
  description:
    'Cancels any transaction, temporary or permanent, and recomputes the active balance. Ours: cancelling ' +
    'a redemption gives back exactly the points it took, with their own expiry; cancelling an accrual ' +
    'whose points are spent is refused unless the program allows debts; cancelling an open temporary ' +
    'transaction rolls it back; cancelling again gets the same answer; `balance` in the answer.',
  request: named,
  response: settled,
  refusals: [
    ...sharedRefusals,
    'member_not_found',
    'not_cancelable',
    'already_rolled_back',
    'already_timed_out',
    'points_spent',
  ],
  examples: [
    {
      request: { transaction_eid: 'pos-17' },
      response: { data: { transaction_id: '0195c0de-1111-7abc-8def-001122334455', balance: '0.00' } },
    },
  ],
});

export const transactions = { commit, rollback, cancel };
