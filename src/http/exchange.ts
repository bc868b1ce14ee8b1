import { pipeline } from 'node:stream/promises';
import type express from 'express';
import { uuidv7 } from 'uuidv7';
import { Download, type Endpoint, restFamilies } from '../contract/endpoint';
import { failureBody, successBody } from '../contract/envelope';
import { type Problem, problemsText } from '../contract/problems';
import { type Refusal, refusals, refuse } from '../domain/refusal';
import { Unavailable } from '../domain/unavailable';
import { writeCsv } from './csv';
import type { Keys } from './receive';
import { contentTypes, type Format, writeBody } from './representation';

/** Takes one line per request, and the details of faults. */
export interface Log {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** One request and its response, under one id. */
export interface Exchange {
  readonly request: express.Request;
  readonly response: express.Response;
  readonly requestId: string;
  readonly startedAt: Date;
  /** Of a clock that only measures: startedAt may be the time of a test clock. */
  readonly startedMs: number;
  readonly log: Log;
}

export interface Failure {
  refusal: Refusal;
  problems?: readonly Problem[];
}

/** What is answered, before it has a format. */
export type Reply = { payload: object } | Failure;

/** Starts an exchange: the caller's X-Request-Id is kept if it is a plain word, else a new one is made. */
export function beginExchange(
  request: express.Request,
  response: express.Response,
  { now, log }: { now(): Date; log: Log },
): Exchange {
  const given = request.get('x-request-id') ?? '';
  const requestId = /^[\w.:-]{1,128}$/.test(given) ? given : uuidv7();
  response.set('X-Request-Id', requestId);
  return { request, response, requestId, startedAt: now(), startedMs: performance.now(), log };
}

export function refuseBecause(problems: readonly Problem[]): Failure {
  return { refusal: refuse('bad_request', { problem: problemsText(problems) }), problems };
}

/** What a fault looks like from outside: one of two fixed texts. The details go to the log. */
export function replyToFault(error: unknown, { requestId, log }: Exchange): Failure {
  const isUnavailable = error instanceof Unavailable;
  log.error({ requestId, err: error }, isUnavailable ? 'Unavailable' : 'Internal error');
  return {
    refusal: isUnavailable ? refuse('unavailable', {}) : refuse('internal', { request_id: requestId }),
  };
}

/** Answers for an endpoint. Outside /admin/v1 the HTTP status is 200 whatever the outcome (G-2). */
export function sendReply(exchange: Exchange, endpoint: Endpoint, keys: Keys, format: Format, reply: Reply) {
  const isRest = restFamilies.has(endpoint.family);
  if ('payload' in reply && reply.payload instanceof Download) {
    sendFile(exchange, endpoint.path, reply.payload);
    return;
  }
  if ('payload' in reply) {
    const body = writeBody(successBody(endpoint, reply.payload, format), format, keys);
    send(exchange, endpoint.status, body, contentTypes[format]);
    report(exchange, endpoint.path, 'none');
    return;
  }
  sendFailure(exchange, endpoint.path, format, reply, isRest);
}

/** Answers the list of a payload as CSV; its columns are the keys of the list's items. */
export function sendTable(
  exchange: Exchange,
  endpoint: Endpoint,
  table: string,
  keys: Keys,
  payload: object,
) {
  const list = keys.get(table);
  if (list?.kind !== 'list' || list.of.kind !== 'object') throw new Error(`${endpoint.path} has no table`);
  const rows = new Map<string, Record<string, unknown>[]>(Object.entries(payload)).get(table) ?? [];
  exchange.response.set(
    'Content-Disposition',
    `attachment; filename="${endpoint.path.split('/').at(-1)}.csv"`,
  );
  send(
    exchange,
    endpoint.status,
    writeCsv([...list.of.keys.keys()], rows),
    'text/csv; charset=utf-8; header=present',
  );
  report(exchange, endpoint.path, 'none');
}

/** Answers a refusal; `isRest`: with its number as HTTP status, and with the fields it concerns. */
export function sendFailure(
  exchange: Exchange,
  path: string,
  format: Format,
  { refusal, problems }: Failure,
  isRest: boolean,
) {
  const failure = failureBody(refusal);
  const body = isRest && problems ? { ...failure, fields: problems } : failure;
  const status = isRest ? refusals[refusal.refusal].error : 200;
  send(exchange, status, writeBody(body, format, noKeys), contentTypes[format]);
  report(exchange, path, refusal.refusal);
}

const noKeys: Keys = new Map();

function send({ response }: Exchange, status: number, body: string, contentType: string) {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/** A file as long as it lasts: the time a caller waits for an answer ends with its first byte. */
async function sendFile(exchange: Exchange, path: string, file: Download): Promise<void> {
  const { request, response, requestId, log } = exchange;
  response.writeHead(200, {
    'Content-Type': file.contentType,
    ...(file.bytes !== null && { 'Content-Length': file.bytes }),
    'Content-Disposition': `attachment; filename="${file.fileName}"`,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  try {
    if (request.method === 'HEAD') response.end();
    else await pipeline(file.content, response);
  } catch (error) {
    log.error({ requestId, err: error }, 'A download did not come to its end');
  }
  report(exchange, path, 'none');
}

/** The line in the log: the path as declared, never as sent, and nothing of the body. */
function report({ request, requestId, startedMs, log }: Exchange, path: string, refusal: string) {
  const durationMs = Math.round(performance.now() - startedMs);
  log.info({ requestId, method: request.method, path, refusal, durationMs }, 'Request');
}
