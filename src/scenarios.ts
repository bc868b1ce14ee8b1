import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { findScenarioWork } from './db/queries/scenarios';
import type { Gateway } from './gateway';
import { lookAgain } from './look-again';

/** Keeps the workflow running that starts and calls runs of scenarios, while there are any. */
export async function keepScenarios(gateway: Gateway, db: Pool, log: Logger) {
  const look = async () => {
    if ((await findScenarioWork(db)).is_there) await gateway.startScenarios();
  };
  return lookAgain(look, log, 'scenarios cannot be kept going: retrying');
}
