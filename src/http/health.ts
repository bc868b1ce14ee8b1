import type express from 'express';
import type { Log } from './exchange';

/** The parts a process needs, each with a check: false or a rejection means that it does not work now. */
export type Checks = Readonly<Record<string, () => Promise<boolean>>>;

const checkTimeoutMs = 3_000;

/** GET /health/live: the process runs. GET /health/ready: it can work, else HTTP 503 and what fails. */
export function mountHealth(app: express.Express, checks: Checks, isStopping: () => boolean, log: Log): void {
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  app.get('/health/ready', async (_request, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(([part, check]) => runCheck(part, check, log)),
    );
    const failing = results.filter(({ works }) => !works).map(({ part }) => part);
    const isReady = failing.length === 0 && !isStopping();
    const parts = Object.fromEntries(results.map(({ part, works }) => [part, works ? 'ok' : 'failing']));
    const status = isStopping() ? 'stopping' : isReady ? 'ready' : 'not ready';
    response.status(isReady ? 200 : 503).json({ status, parts });
  });
}

async function runCheck(part: string, check: () => Promise<boolean>, log: Log) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, checkTimeoutMs, false);
  });
  try {
    return { part, works: await Promise.race([check(), late]) };
  } catch (error) {
    log.error({ part, err: error }, 'Health check failed');
    return { part, works: false };
  } finally {
    clearTimeout(timer);
  }
}
