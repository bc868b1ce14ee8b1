import express from 'express';
import type { Shape } from '../contract/shape';
import { shown } from '../contract/values';
import { Malformed } from './malformed';
import { type Format, formatAccepted, formatOf, formatWanted, parseJson, readBody } from './representation';
import { readScalar } from './scalar';
import { jsonIn } from './xml';

export type Keys = ReadonlyMap<string, Shape>;

/** The keys of a request or an answer: both are objects always. */
export function keysOf(shape: Shape): Keys {
  if (shape.kind === 'object') return shape.keys;
  throw new Error(`Requests and answers are objects, not ${shape.kind}`);
}

/** What is known of a request body before it comes. */
export interface Expected {
  readonly keys: Keys;
  readonly maxBytes: number;
  /** The type of the file that the body is; it is not read here. */
  readonly upload?: string | null;
}

/** A request as an object, or why it is none; and the format its answer is to have. */
export type Received = { format: Format } & ({ input: Record<string, unknown> } | { problem: string });

/** Reads the body of a request in JSON or XML. */
export async function receive(request: express.Request, expected: Expected): Promise<Received> {
  let own: Format = 'json';
  try {
    own = formatOf(request.get('content-type'));
    const bytes = await readBytes(request, expected.maxBytes);
    const input = readBody(bytes, own, expected);
    const wanted = formatWanted(input.format) ?? formatWanted(request.query.format);
    return { input, format: wanted ?? accepted(request, own) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { problem: error.message, format: formatInstead(request, own) };
  }
}

/** Reads a management request: JSON body or query, with the parameters of the path. */
export async function receiveRest(request: express.Request, expected: Expected): Promise<Received> {
  try {
    const body = expected.upload
      ? expectUpload(request, expected.upload)
      : readJsonBody(request, await readBytes(request, expected.maxBytes), expected);
    const { token: _, ...query } = request.query; // a token in the URL ends up in logs
    const fromUrl = { ...query, ...request.params };
    const typed = Object.entries(fromUrl).map(([key, value]) => [
      key,
      readParameter(value, expected.keys.get(key)),
    ]);
    return { input: { ...body, ...Object.fromEntries(typed) }, format: 'json' };
  } catch (error) {
    if (error instanceof Malformed) return { problem: error.message, format: 'json' };
    throw error;
  }
}

function readJsonBody(request: express.Request, bytes: Buffer, expected: Expected): Record<string, unknown> {
  if (bytes.length === 0) return {};
  if (formatOf(request.get('content-type')) === 'json') return readBody(bytes, 'json', expected);
  throw new Malformed('Content-Type: expected application/json here');
}

/** A body of this type is taken as it comes: nothing of it is a field. */
function expectUpload(request: express.Request, type: string): Record<string, never> {
  if (request.is(type)) return {};
  const got = request.get('content-type');
  throw new Malformed(`Content-Type: expected ${type} here, got ${got === undefined ? 'none' : shown(got)}`);
}

/** The bytes of an upload. Throws Malformed if there are too many, or fewer than were announced. */
export async function* readUpload(request: express.Request, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of whole(request)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Malformed(`expected a body of at most ${maxBytes / 1_048_576} MiB`);
    yield chunk;
  }
}

async function* whole(request: express.Request): AsyncIterable<Uint8Array> {
  try {
    yield* request;
  } catch {
    throw new Malformed('the request body broke off');
  }
}

function readParameter(value: unknown, shape: Shape | undefined): unknown {
  if (typeof value !== 'string' || !shape || shape.kind === 'object') return value;
  if (shape.kind === 'list') return [readParameter(value, shape.of)];
  if (shape.kind === 'json') return jsonIn(value, parseJson);
  return readScalar(value, shape.kind);
}

/** The format to answer in when the body could not say. */
function formatInstead(request: express.Request, own: Format): Format {
  const { format } = request.query;
  return format === 'json' || format === 'xml' ? format : accepted(request, own);
}

function accepted(request: express.Request, own: Format): Format {
  return formatAccepted((types) => request.accepts(types), own) ?? own;
}

const parsers = new Map<number, express.RequestHandler>();

function parserFor(maxBytes: number): express.RequestHandler {
  const known = parsers.get(maxBytes);
  if (known) return known;
  const parser = express.raw({ type: () => true, limit: maxBytes });
  parsers.set(maxBytes, parser);
  return parser;
}

function readBytes(request: express.Request, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    parserFor(maxBytes)(request, request.res as express.Response, (error?: unknown) => {
      if (error === undefined) resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
      else reject(asMalformed(error, maxBytes));
    });
  });
}

/** The body parser throws errors with an HTTP status: those below 500 are the client's. */
function asMalformed(error: unknown, maxBytes: number): unknown {
  if (!(error instanceof Error && 'status' in error && Number(error.status) < 500)) return error;
  const isTooLarge = error.name === 'PayloadTooLargeError';
  return new Malformed(isTooLarge ? `expected a body of at most ${maxBytes / 1_048_576} MiB` : error.message);
}
