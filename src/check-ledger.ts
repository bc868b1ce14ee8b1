import type { Logger } from 'pino';
import { findServers } from './command';
import type { Config } from './config';
import { checkLedger, type Violation } from './db/check-ledger';
import { createPool } from './db/pool';
import { openGateway } from './gateway';
import { runTask } from './process';
import { gatewayOptions } from './temporal-connection';

/** A whole ledger is read; no statement of this may be cut off as a caller's would be. */
const patienceMs = 600_000;

/**
 * `npm run check-ledger`: proves the ledger of the servers in the environment, or of the service started
 * here. Prints what is wrong, a line each, and exits with 1; or says that all is well.
 */
export function main(): Promise<void> {
  return runTask(async (config, log) => {
    const violations = await check(config, log);
    for (const { rule, account_id, detail } of violations) {
      process.stdout.write(`NOT TRUE: ${rule}. Account ${account_id}: ${detail}\n`);
    }
    if (violations.length > 0) process.exit(1);
    process.stdout.write('The ledger is sound.\n');
  });
}

async function check(config: Config, log: Logger): Promise<Violation[]> {
  const servers = await findServers(config);
  const pool = createPool({ ...servers, requestTimeoutMs: patienceMs }, log);
  const gateway = openGateway({ ...gatewayOptions(servers), log });
  const client = await pool.connect();
  try {
    return await checkLedger(client, gateway.isHoldLive);
  } finally {
    client.release();
    await gateway.close();
    await pool.end();
  }
}
