import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { findScenarioWork } from './db/queries/scenarios';
import type { Gateway } from './gateway';

/** Whoever switched a scenario on could not start the dispatcher: it is there within this time. */
const lookIntervalMs = 60_000;

/** Keeps the workflow running that starts and calls runs of scenarios, while there are any. */
export async function keepScenarios(gateway: Gateway, db: Pool, log: Logger) {
  const look = async () => {
    if ((await findScenarioWork(db)).is_there) await gateway.startScenarios();
  };
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = look().catch((error: unknown) =>
      log.warn({ err: error }, 'scenarios cannot be kept going: retrying'),
    );
  }, lookIntervalMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
