import { proxyLocalActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { CommitOrderInput, CommitOrderResult } from './protocol';

const { commitOrder: commit } = proxyLocalActivities<Pick<Activities, 'commitOrder'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
});

/** Confirms an order once: what Temporal has accepted is carried out or refused, whatever dies meanwhile. */
export async function commitOrder(input: CommitOrderInput): Promise<CommitOrderResult> {
  const outcome = await commit(input);
  setCurrentDetails(
    'refusal' in outcome ? `**Refused**: ${outcome.refusal}` : `**Order ${outcome.order_id}**`,
  );
  return { request_hash: input.request_hash, outcome };
}
