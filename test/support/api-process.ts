import { pino } from 'pino';
import { startApi } from '../../src/api';
import type { ServiceConfig } from '../../src/config';

/** An API in a process of its own, for tests that kill it; its settings come as the first argument. */
const { config } = JSON.parse(process.argv[2] ?? '') as { config: ServiceConfig };

startApi(config, { log: pino({ level: 'silent' }) }).then(
  ({ url }) => process.send?.(url),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
);
