import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { EnrolMembersInput, EnrolMembersResult } from './protocol';

const { enrolMembers: enrol } = proxyActivities<Pick<Activities, 'enrolMembers'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/**
 * Registers the profiles that a program takes in by itself. Whoever imports a profile has it registered at
 * once; this does what was left over, and everybody when the settings change. Started by a schedule, by a
 * change of settings, or by anyone.
 */
export async function enrolMembers({
  program_id,
  considered = 0,
  registered = 0,
  position,
}: EnrolMembersInput): Promise<EnrolMembersResult> {
  const done = await enrol({ program_id, ...(position && { position }) });
  const total = { considered: considered + done.considered, registered: registered + done.registered };
  setCurrentDetails(`${total.registered} of ${total.considered} profiles became members so far.`);
  if (!done.position) return total;
  return continueAsNew<typeof enrolMembers>({ program_id, ...total, position: done.position });
}
