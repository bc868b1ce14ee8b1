import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endpoint } from '../../src/contract/endpoint';
import {
  amount,
  flag,
  integer,
  jsonObject,
  list,
  nullable,
  object,
  optional,
  points,
  text,
} from '../../src/contract/fields';
import { request } from '../../src/contract/request';
import { hashToken } from '../../src/db/commands/tokens';
import type { Access, Scope } from '../../src/domain/catalog';
import { refuse } from '../../src/domain/refusal';
import { Unavailable } from '../../src/domain/unavailable';
import { type AppOptions, createApp } from '../../src/http/app';
import { implement } from '../../src/http/handler';

const line = object({ count: integer({ min: 1 }), tags: optional(list(text(20))) });

const echo = endpoint({
  path: '/api/v1.1/test/echo',
  aliases: ['/api/v1.1/test/repeat'],
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Echo',
  description: 'Answers what it understood, or fails as told.',
  request: request(
    {
      amount: amount(),
      note: optional(text(50)),
      is_temp: optional(flag()),
      extra: optional(jsonObject()),
      lines: optional(list(line)),
      mode: optional(text(20)),
    },
    {},
  ),
  response: object({
    data: object({
      amount: points(),
      note: nullable(text(50)),
      is_temp: nullable(flag()),
      extra: nullable(jsonObject()),
      lines: list(line),
    }),
  }),
  refusals: ['points_spent'],
  examples: [],
});

const put = endpoint({
  method: 'PUT',
  path: '/admin/v1/items/:id',
  family: 'admin',
  scope: 'admin',
  summary: 'Item',
  description: 'A management endpoint.',
  request: request({ id: integer(), name: text(10), is_new: optional(flag()) }, {}),
  response: object({ id: integer(), name: text(10) }),
  refusals: ['resource_not_found'],
  examples: [],
  status: 201,
});

const implementations = implement(
  { echo, put },
  {
    async echo({ mode, amount, note = null, is_temp = null, extra = null, lines = [] }) {
      if (mode === 'refuse') return refuse('points_spent', { transaction: 't-1' });
      if (mode === 'fail') throw new Error('the secret detail');
      if (mode === 'away') throw new Unavailable('the database is away');
      if (mode === 'hang') return new Promise<never>(() => {});
      return { data: { amount, note, is_temp, extra, lines } };
    },
    async put({ id, name }) {
      return id === 404 ? refuse('resource_not_found', { resource: 'Item', id }) : { id, name };
    },
  },
);

const scopesOf: Readonly<Record<string, Scope>> = {
  reader: 'loyalty_read',
  writer: 'loyalty_write',
  operator: 'admin',
};

const tokens = new Map<string, Access>(
  Object.entries(scopesOf).map(([name, scope], index) => [
    hashToken(name),
    { tokenId: index + 1, tokenName: name, scopes: new Set([scope]), programIds: null },
  ]),
);

export interface TinyApi {
  url: string;
  /** What was logged so far, as text. */
  logged(): string;
  close(): Promise<void>;
}

/** An API of two endpoints on a free port, to test what all endpoints have in common. */
export async function startTinyApi(options: Partial<AppOptions> = {}): Promise<TinyApi> {
  const lines: unknown[] = [];
  const write = (details: object, message: string) => {
    lines.push({ message, ...details });
  };
  const app = createApp(implementations, {
    findAccess: (tokenHash) => tokens.get(tokenHash),
    now: () => new Date(),
    log: { info: write, error: write },
    requestTimeoutMs: 10_000,
    checks: {},
    isStopping: () => false,
    ...options,
  });
  const server: Server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logged: () => JSON.stringify(lines),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
