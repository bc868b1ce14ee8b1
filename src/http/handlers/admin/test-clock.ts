import type { TestClock } from '../../../clock';
import type { adminTestClock } from '../../../contract/admin/test-clock';
import { listDueHolds } from '../../../db/queries/due-holds';
import { refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';

/** Temporal's own timers go by the machine's clock, so what follows from the move is done here. */
export function createTestClockHandlers(
  { db, catalog, gateway }: Dependencies,
  clock: TestClock,
): Handlers<typeof adminTestClock> {
  const state = () => ({ now: clock.now().toISOString(), ahead_sec: clock.aheadSec() });
  return {
    read: async () => state(),

    async move({ to }, { now }) {
      if (!(await clock.moveTo(new Date(to)))) {
        const problem = `to: expected a time after ${now}, got ${to}: the clock never goes back`;
        return refuse('bad_request', { problem });
      }
      const due = await listDueHolds(db, clock.now().toISOString());
      await Promise.all(due.map(({ transaction_id, ...account }) => timeOut(transaction_id, account)));
      const programs = catalog.programs().map(({ id }) => id);
      const written = await Promise.all(programs.map((id) => gateway.expirePoints(id)));
      const evaluated = await Promise.all(programs.map((id) => gateway.evaluateTiers(id)));
      await Promise.all(programs.map((id) => gateway.enrolMembers(id)));
      const lots = written.reduce((total, result) => total + result.lots, 0);
      const members = evaluated.reduce((total, result) => total + result.members, 0);
      return { ...state(), timed_out: due.length, lots, members };
    },
  };

  async function timeOut(
    transactionId: string,
    account: { program_id: number; member_id: string; currency_iid: number },
  ): Promise<void> {
    await gateway.post({ verb: 'settle', ...account, target_id: transactionId, wish: 'timeout' });
    await gateway.signalHold(transactionId, 'rollback');
  }
}
