import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { deliverEventsStart, deliverEventsType } from '../workflows/protocol';
import type { ServiceConfig } from './config';
import { listWebhooks } from './db/queries/webhooks';
import { lookAgain } from './look-again';
import { temporalConnection } from './temporal-connection';

/** Keeps one workflow per active webhook running. Any number of workers may do it at once. */
export async function keepDeliveries(config: ServiceConfig, db: Pool, log: Logger) {
  const connection = await Connection.connect(temporalConnection(config));
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const look = async () => {
    for (const { id, is_active } of await listWebhooks(db)) {
      if (!is_active) continue;
      await client.workflow.start(deliverEventsType, deliverEventsStart(config.temporalTaskQueue, id));
    }
  };
  const looking = await lookAgain(look, log, 'deliveries to webhooks cannot be kept going: retrying');
  return {
    async stop() {
      await looking.stop();
      await connection.close();
    },
  };
}
