import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { type HoldSignal, holdWorkflowId } from '../../workflows/protocol';

/** Somebody else's scenario: it knows of a temporary transaction and decides about it. */
export async function scenario(transactionId: string, signal: HoldSignal): Promise<void> {
  await getExternalWorkflowHandle(holdWorkflowId(transactionId)).signal(signal);
}
