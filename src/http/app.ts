import express from 'express';
import { refuse } from '../domain/refusal';
import { mountDocs } from './docs';
import { beginExchange, replyToFault, sendFailure } from './exchange';
import type { Implementation } from './handler';
import { type Checks, mountHealth } from './health';
import { type MountOptions, mount } from './mount';

export interface AppOptions extends MountOptions {
  checks: Checks;
  isStopping(): boolean;
}

/** The whole HTTP side, not listening yet. */
export function createApp(implementations: readonly Implementation[], options: AppOptions): express.Express {
  const app = express();
  app.disable('x-powered-by').enable('case sensitive routing');
  app.use((_request, response, next) => {
    if (options.isStopping()) response.set('Connection', 'close');
    next();
  });
  mountHealth(app, options.checks, options.isStopping, options.log);
  mountDocs(app);
  mount(app, implementations, options);
  app.use((request: express.Request, response: express.Response) => {
    const refusal = refuse('path_unknown', { path: request.path });
    sendFailure(beginExchange(request, response, options), 'unknown', 'json', { refusal }, true);
  });
  app.use(
    (error: unknown, request: express.Request, response: express.Response, _next: express.NextFunction) => {
      const exchange = beginExchange(request, response, options);
      const reply = isClientError(error)
        ? { refusal: refuse('bad_request', { problem: 'the request cannot be read' }) }
        : replyToFault(error, exchange);
      if (response.headersSent) response.destroy();
      else sendFailure(exchange, 'unknown', 'json', reply, true);
    },
  );
  return app;
}

/** Express refuses an impossible URL on its own, with a status below 500. */
function isClientError(error: unknown): boolean {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
