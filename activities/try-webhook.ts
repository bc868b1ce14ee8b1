import { activityInfo, Context } from '@temporalio/activity';
import { findReceiver } from '../src/db/queries/webhooks';
import type { Attempt } from '../src/domain/webhook';
import type { ActivityContext } from './index';

const timeoutMs = 5_000;

/** Sends a webhook an event about nobody, and says how that went; undefined if there is no such webhook. */
export function createTryWebhook({ db, clock, send }: ActivityContext) {
  return async function tryWebhook({ webhook_id }: { webhook_id: number }): Promise<Attempt | undefined> {
    const now = clock();
    const receiver = await findReceiver(db, webhook_id, now);
    if (!receiver) return undefined;
    const event = {
      event_id: `test-${activityInfo().activityId.split('/').at(-1)}`,
      event_type: 'webhook_test',
      event_date: now,
      profile_id: '000000000000000000000000',
      list_id: 0,
      is_test: true,
      custom_data: {},
      event_data: {},
    };
    return send(receiver, event, { signal: Context.current().cancellationSignal, timeoutMs });
  };
}
