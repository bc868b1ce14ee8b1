import type { Logger } from 'pino';

/** What was missed, by a call that failed or by an operator, is made good within this time. */
const lookIntervalMs = 60_000;

/**
 * Looks after something now, and once a minute until it is stopped; `trouble` goes to the log when a later
 * look fails. Throws when the first look fails.
 */
export async function lookAgain(look: () => Promise<void>, log: Logger, trouble: string) {
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = look().catch((error: unknown) => log.warn({ err: error }, trouble));
  }, lookIntervalMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
