import { pino } from 'pino';
import type { ServiceConfig } from '../../src/config';
import { startWorker } from '../../src/worker';

/** A worker in a process of its own, for tests that kill it; its settings come as the first argument. */
const { config, workflowBundlePath } = JSON.parse(process.argv[2] ?? '') as {
  config: ServiceConfig;
  workflowBundlePath: string;
};

startWorker(config, { log: pino({ level: 'silent' }), workflowBundlePath }).then(
  () => process.send?.('ready'),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
);
