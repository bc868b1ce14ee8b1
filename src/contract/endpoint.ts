import { z } from 'zod';
import type { Scope } from '../domain/catalog';
import type { Refusal, RefusalCode } from '../domain/refusal';

/**
 * The families differ in their envelope: loyalty, profiles and market answer HTTP 200 with `error` and
 * `error_text` in JSON or XML; admin answers JSON with real HTTP status codes, and files a Download instead.
 */
export type Family = 'loyalty' | 'profiles' | 'market' | 'admin' | 'files';

/** The families that answer with real HTTP status codes. */
export const restFamilies: ReadonlySet<Family> = new Set(['admin', 'files']);

/** What an endpoint of the family files answers. */
export class Download {
  constructor(
    readonly fileName: string,
    readonly contentType: string,
    /** null: not known before it has been written. */
    readonly bytes: number | null,
    readonly content: AsyncIterable<Uint8Array>,
  ) {}
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request and its answer as they look in JSON, without token, error and error_text. */
export interface Example {
  request: Readonly<Record<string, unknown>>;
  response: Readonly<Record<string, unknown>>;
}

/** The response of an endpoint of the family files. */
export function download() {
  return z.object({}).transform((): Download => {
    throw new Error('A download is not read from an object');
  });
}

/** An endpoint of the public API as a value: routing, validation, types, formats and docs come from it. */
export interface Endpoint<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Code extends RefusalCode = RefusalCode,
> {
  readonly method: Method;
  /** Whole, such as /api/v1.1/loyalty/accrue_points; `:name` segments are merged into the request. */
  readonly path: string;
  readonly aliases: readonly string[];
  readonly family: Family;
  /** What the token must be allowed to do; null: no token is asked for. */
  readonly scope: Scope | null;
  readonly summary: string;
  readonly description: string;
  readonly request: Input;
  /** The payload: what stands beside error and error_text. */
  readonly response: Output;
  /** What it may refuse beyond the common refusals. */
  readonly refusals: readonly Code[];
  readonly examples: readonly Example[];
  /** The type of a file that the request body is, as a stream; the fields are in the query then. */
  readonly upload: string | null;
  /** Longest request body. */
  readonly maxBytes: number;
  /** Whether error and error_text come before or after the payload, as on the endpoint's own page. */
  readonly outcome: 'first' | 'last' | 'last_in_xml';
  /** HTTP status of success; other than 200 for admin endpoints only. */
  readonly status: 200 | 201;
  /** The list of the answer that format=csv or Accept: text/csv gives as CSV; admin endpoints only. */
  readonly table: string | null;
}

const defaults = {
  method: 'POST',
  aliases: [],
  upload: null,
  maxBytes: 1_048_576,
  outcome: 'first',
  status: 200,
  table: null,
} as const satisfies Partial<Endpoint>;

type Defaults = keyof typeof defaults;
type Declaration<E extends Endpoint> = Omit<E, Defaults> & Partial<Pick<E, Defaults>>;

/** Declares an endpoint: POST, no aliases, at most 1 MiB, outcome first, 200, no CSV, unless said so. */
export function endpoint<
  Input extends z.ZodType,
  Output extends z.ZodType,
  const Code extends RefusalCode = never,
>(declaration: Declaration<Endpoint<Input, Output, Code>>): Endpoint<Input, Output, Code> {
  return { ...defaults, ...declaration };
}

/** The refusals every endpoint may answer. */
export const commonRefusals = [
  'bad_request',
  'token_missing',
  'token_ambiguous',
  'token_invalid',
  'scope_missing',
  'program_not_allowed',
  'method_not_allowed',
  'internal',
  'unavailable',
] as const satisfies readonly RefusalCode[];
type CommonRefusal = (typeof commonRefusals)[number];

/** What a handler is given. */
export type Request<E extends Endpoint> = z.output<E['request']>;

/** What a handler gives: the payload, or a refusal the endpoint lists. */
export type Answer<E extends Endpoint> =
  | (z.output<E['response']> & { refusal?: never })
  | Refusal<CommonRefusal | E['refusals'][number]>;
