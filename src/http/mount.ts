import type express from 'express';
import { type Method, restFamilies } from '../contract/endpoint';
import { check, type Problem } from '../contract/problems';
import { shapeOf, withKeys } from '../contract/shape';
import { isRefusal, type Refusal, refuse } from '../domain/refusal';
import { Unavailable } from '../domain/unavailable';
import { authorize, type FindAccess } from './auth';
import {
  beginExchange,
  type Exchange,
  type Log,
  type Reply,
  refuseBecause,
  replyToFault,
  sendFailure,
  sendReply,
  sendTable,
} from './exchange';
import type { Context, Implementation } from './handler';
import { Malformed } from './malformed';
import { type Expected, type Keys, keysOf, type Received, readUpload, receive, receiveRest } from './receive';

export interface MountOptions {
  findAccess: FindAccess;
  now(): Date;
  log: Log;
  /** Longest a caller waits for an answer before it gets 503. */
  requestTimeoutMs: number;
}

interface Route extends Implementation {
  readonly expected: Expected;
  readonly responseKeys: Keys;
}

/**
 * Routes every endpoint, under its path and its aliases, to its handler. Other methods there, and other paths
 * under /api and /admin, are refused in the format asked for.
 */
export function mount(
  app: express.Express,
  implementations: readonly Implementation[],
  options: MountOptions,
) {
  const methods = new Map<string, string[]>();
  for (const implementation of implementations) {
    const { method, path, aliases } = implementation.endpoint;
    const route = routeOf(implementation);
    const verb = method.toLowerCase() as Lowercase<Method>;
    for (const each of [path, ...aliases]) {
      app[verb](each, (request, response) =>
        serve(route, beginExchange(request, response, options), options),
      );
      methods.set(each, [...(methods.get(each) ?? []), method]);
    }
  }
  for (const [path, allowed] of methods) {
    app.all(path, (request, response) => {
      const { method } = request;
      const refusal = refuse('method_not_allowed', { method, allowed: allowed.join(' or ') });
      response.set('Allow', allowed.join(', '));
      return refuseRoute(beginExchange(request, response, options), path, refusal);
    });
  }
  app.all(/^\/(api|admin)\//, (request, response) => {
    const refusal = refuse('path_unknown', { path: request.path });
    return refuseRoute(beginExchange(request, response, options), 'unknown', refusal);
  });
}

const formatOnly: Expected = {
  keys: new Map([['format', { kind: 'text', empty: null }]]),
  maxBytes: 1_048_576,
};

async function refuseRoute(exchange: Exchange, path: string, refusal: Refusal): Promise<void> {
  const { request } = exchange;
  const isRest = request.path.startsWith('/admin/');
  const { format } = isRest ? restFormat : await receive(request, formatOnly);
  sendFailure(exchange, path, format, { refusal }, isRest);
}

const restFormat = { format: 'json' } as const;

function routeOf(implementation: Implementation): Route {
  const { request, response } = implementation.endpoint;
  const requestShape = withKeys(shapeOf(request), { token: 'text', format: 'text' });
  const { maxBytes, upload } = implementation.endpoint;
  const expected = { keys: keysOf(requestShape), maxBytes, upload };
  return { ...implementation, expected, responseKeys: keysOf(shapeOf(response)) };
}

async function serve(route: Route, exchange: Exchange, options: MountOptions): Promise<void> {
  const { endpoint, expected, responseKeys } = route;
  const receiveIn = restFamilies.has(endpoint.family) ? receiveRest : receive;
  const received = await receiveIn(exchange.request, expected);
  const reply = await answer(route, received, exchange, options).catch((error: unknown) =>
    replyToFault(error, exchange),
  );
  const { table } = endpoint;
  if (table !== null && 'payload' in reply && asksForTable(received, exchange.request)) {
    sendTable(exchange, endpoint, table, responseKeys, reply.payload);
  } else {
    sendReply(exchange, endpoint, responseKeys, received.format, reply);
  }
}

/** The parameter `format` says, else the header Accept. */
function asksForTable(received: Received, request: express.Request): boolean {
  const wanted = 'input' in received ? received.input.format : undefined;
  if (wanted !== undefined && wanted !== '') return wanted === 'csv';
  return request.accepts(['application/json', 'text/csv']) === 'text/csv';
}

/** Format first, then the token, then the fields, then the handler. */
async function answer(
  { endpoint, handler, expected, responseKeys }: Route,
  received: Received,
  exchange: Exchange,
  { findAccess, requestTimeoutMs }: MountOptions,
): Promise<Reply> {
  if ('problem' in received) return { refusal: refuse('bad_request', { problem: received.problem }) };
  const { input } = received;
  const access = authorize(input.token, exchange.request.get('authorization'), endpoint.scope, findAccess);
  if (isRefusal(access)) return { refusal: access };
  const checked = check(endpoint.request, input);
  const strange = restFamilies.has(endpoint.family) ? strangersIn(input, expected.keys, responseKeys) : [];
  if ('problems' in checked) return refuseBecause([...checked.problems, ...strange]);
  if (strange.length > 0) return refuseBecause(strange);
  const { startedAt, requestId } = exchange;
  const deadline = startedAt.getTime() + requestTimeoutMs;
  const upload = readUpload(exchange.request, endpoint.maxBytes);
  const context: Context = { access, now: startedAt.toISOString(), requestId, deadline, upload };
  const result = handler(checked.value, context);
  const known = await (endpoint.upload === null ? inTime(result, requestTimeoutMs) : fromUpload(result));
  return isRefusal(known) ? { refusal: known } : { payload: known };
}

/** What is misspelt must not pass for left out; what an answer has may come back with changes. */
function strangersIn(input: Record<string, unknown>, ...known: Keys[]): Problem[] {
  return Object.keys(input)
    .filter((key) => !known.some((keys) => keys.has(key)))
    .map((key) => ({ field: key, problem: 'there is no such field here' }));
}

/** An upload takes as long as it takes. */
async function fromUpload<T>(result: Promise<T>): Promise<T | Refusal<'bad_request'>> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return refuse('bad_request', { problem: error.message });
  }
}

/** Whoever waits on is told to repeat; what was begun may still be carried out. */
async function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable('No answer in time')), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
