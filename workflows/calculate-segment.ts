import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { CalculateSegmentInput, CalculateSegmentResult } from './protocol';

const activities = proxyActivities<Pick<Activities, 'calculateSegment'>>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/** Calculates which goods are in an updatable segment. Started by its schedule, or by anyone. */
export async function calculateSegment({ segment }: CalculateSegmentInput): Promise<CalculateSegmentResult> {
  const result = await activities.calculateSegment({ segment });
  setCurrentDetails(
    result
      ? `${result.size} of ${result.looked_at} are in segment ${segment}.`
      : 'There is nothing to calculate.',
  );
  return result;
}
