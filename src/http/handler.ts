import type { Answer, Endpoint, Request } from '../contract/endpoint';
import type { subjects } from '../contract/index';
import type { Access } from '../domain/catalog';

/** What a handler knows besides the request. */
export interface Context {
  /** What the token may do; use mayUseProgram of the domain for its list of programs. */
  readonly access: Access;
  /** The moment the request came, RFC 3339 UTC. */
  readonly now: string;
  readonly requestId: string;
  /** When the caller stops waiting, in milliseconds since 1970. */
  readonly deadline: number;
}

/** Answers a valid request: with the payload, or with one of the refusals its endpoint lists. */
export type Handler<E extends Endpoint> = (input: Request<E>, context: Context) => Promise<Answer<E>>;

type Endpoints = Readonly<Record<string, Endpoint>>;
export type Handlers<S extends Endpoints> = { readonly [K in keyof S]: Handler<S[K]> };

/** An endpoint with its handler; that they belong together was checked by `implement`. */
export interface Implementation {
  readonly endpoint: Endpoint;
  readonly handler: (input: unknown, context: Context) => Promise<unknown>;
}

/** All endpoints of a subject with their handlers. */
export type Implemented<S extends Endpoints> = { readonly [K in keyof S]: Implementation };

/** Gives each endpoint of a subject its handler: one that is missing, or answers amiss, does not compile. */
export function implement<S extends Endpoints>(endpoints: S, handlers: Handlers<S>): Implemented<S> {
  const implemented = Object.entries(endpoints).map(([key, endpoint]) => [
    key,
    { endpoint, handler: handlers[key] },
  ]);
  return Object.fromEntries(implemented) as Implemented<S>;
}

/** The whole API: every subject of the contract, implemented. */
export type Implementations = {
  readonly [Subject in keyof typeof subjects]: Implemented<(typeof subjects)[Subject]>;
};
