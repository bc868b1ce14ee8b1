import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { deliverEventsStart, deliverEventsType } from '../workflows/protocol';
import type { ServiceConfig } from './config';
import { listWebhooks } from './db/queries/webhooks';
import { temporalConnection } from './temporal-connection';

/** A webhook whose workflow the API could not start, or that an operator ended, has one within this time. */
const lookIntervalMs = 60_000;

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
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = look().catch((error: unknown) =>
      log.warn({ err: error }, 'deliveries to webhooks cannot be kept going: retrying'),
    );
  }, lookIntervalMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await connection.close();
    },
  };
}
