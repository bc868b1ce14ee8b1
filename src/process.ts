import type { Logger } from 'pino';
import { type Config, ConfigError, readConfig } from './config';
import { createLogger } from './log';

/** What a process does until it is told to stop. */
export type Running = {
  /** Finishes the work under way; callers wait for it. */
  stop(): Promise<void>;
  /** Rejects when it cannot go on. */
  failed: Promise<never>;
};

/**
 * The life of a process that serves: reads its settings, starts, runs until SIGINT or SIGTERM, stops, and
 * exits with 0; or with 1 when it could not start or go on. A second signal, or one while it is still
 * starting, ends it at once.
 */
export function runProcess(start: (config: Config, log: Logger) => Promise<Running>): Promise<void> {
  return runTask((config, log) => runUntilSignal(() => start(config, log)));
}

/** The life of a process that does one thing: exits with 0 when it is done, with 1 when it failed. */
export async function runTask(task: (config: Config, log: Logger) => Promise<void>): Promise<void> {
  let log: Logger | undefined;
  try {
    const config = readConfig();
    log = createLogger({ level: config.logLevel ?? 'info' });
    await task(config, log);
    process.exit(0);
  } catch (error) {
    if (log && !(error instanceof ConfigError)) log.fatal({ err: error }, 'cannot go on');
    else process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

/** Starts, waits for a signal or a failure, and stops. Throws what start threw, or the failure. */
export async function runUntilSignal(start: () => Promise<Running>): Promise<void> {
  const leave = (exitCode: number): void => process.exit(exitCode);
  let onSignal = leave;
  process.on('SIGINT', () => onSignal(130));
  process.on('SIGTERM', () => onSignal(143));
  const running = await start();
  const asked = new Promise<void>((resolve) => {
    onSignal = () => {
      onSignal = leave;
      resolve();
    };
  });
  try {
    await Promise.race([asked, running.failed]);
  } finally {
    await running.stop();
  }
}
