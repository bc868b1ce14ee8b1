import type { Answer, Endpoint, Request } from '../contract/endpoint';
import { subjects } from '../contract/index';
import type { Access } from '../domain/catalog';

/** What a handler knows besides the request. */
export interface Context {
  /** What the token may do; `mayUseProgram` of the domain says which programs. */
  readonly access: Access;
  /** The moment the request came, RFC 3339 UTC. */
  readonly now: string;
  readonly requestId: string;
  /** When the caller stops waiting, in milliseconds since 1970. */
  readonly deadline: number;
  /** The request body of an endpoint that takes a file; empty for others. Throws Malformed as it is read. */
  readonly upload: AsyncIterable<Uint8Array>;
}

/** Answers a valid request: with the payload, or with one of the refusals its endpoint lists. */
export type Handler<E extends Endpoint> = (input: Request<E>, context: Context) => Promise<Answer<E>>;

type Endpoints = Readonly<Record<string, Endpoint>>;
export type Handlers<S extends Endpoints> = { readonly [K in keyof S]: Handler<S[K]> };

/** An endpoint with its handler; that they belong together was checked where they were brought together. */
export interface Implementation {
  readonly endpoint: Endpoint;
  readonly handler: (input: unknown, context: Context) => Promise<object>;
}

/** Gives each endpoint its handler: one that is missing, or that answers amiss, does not compile. */
export function implement<S extends Endpoints>(endpoints: S, handlers: Handlers<S>): Implementation[] {
  return Object.entries(endpoints).map(([key, endpoint]) => ({
    endpoint,
    handler: handlers[key] as Implementation['handler'],
  }));
}

/** A handler for every endpoint of every subject. */
export type ApiHandlers = {
  readonly [Subject in keyof typeof subjects]: Handlers<(typeof subjects)[Subject]>;
};

/** The whole API. */
export function implementAll(handlers: ApiHandlers): Implementation[] {
  const bySubject = new Map<string, unknown>(Object.entries(handlers));
  return Object.entries(subjects).flatMap(([subject, endpoints]) =>
    implement<Endpoints>(endpoints, bySubject.get(subject) as Handlers<Endpoints>),
  );
}
