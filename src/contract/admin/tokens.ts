import { endpoint } from '../endpoint';
import { integer, nullable, object, text, timestamp } from '../fields';
import { answerFields, creationFields, tokenSettings } from '../settings';
import { listEndpoint } from './resource';

const family = 'admin';
const scope = 'admin';
const path = '/admin/v1/tokens';
const item = '/admin/v1/tokens/:id';

const answer = {
  id: integer(),
  ...answerFields(tokenSettings),
  created_at: timestamp(),
  revoked_at: nullable(timestamp()),
};
const key = { id: integer({ min: 1 }).describe('Id of the token.') };
const till = {
  id: 2,
  name: 'Till',
  scopes: ['loyalty_read', 'loyalty_write'],
  program_ids: [1],
  created_at: '2025-02-01T08:00:00Z',
  revoked_at: null,
};

/** API tokens. */
export const adminTokens = {
  list: listEndpoint({
    many: 'API tokens',
    collection: path,
    parent: {},
    answer,
    position: integer(),
    example: { parent: {}, answer: till },
  }),
  create: endpoint({
    method: 'POST',
    path,
    family,
    scope,
    summary: 'Create an API token',
    description:
      'Names differ. The field token of the answer is shown this once: only a hash of it is kept. ' +
      'Databases are allowed with their programs. A token with scope admin concerns every program.',
    request: object(creationFields(tokenSettings)),
    response: object({ ...answer, token: text(255).describe('The secret, shown this once.') }),
    refusals: ['conflict'],
    status: 201,
    examples: [
      {
        request: { name: 'Till', scopes: ['loyalty_read', 'loyalty_write'], program_ids: [1] },
        response: { ...till, token: 'lp_4fYTq0zIYzqXpfIp4yrLzM2cP5u0xk9Zc8Bq3o1w7sE' },
      },
    ],
  }),
  read: endpoint({
    method: 'GET',
    path: item,
    family,
    scope,
    summary: 'Read an API token',
    description: 'Everything but its secret.',
    request: object(key),
    response: object(answer),
    refusals: ['resource_not_found'],
    examples: [{ request: { id: 2 }, response: till }],
  }),
  revoke: endpoint({
    method: 'DELETE',
    path: item,
    family,
    scope,
    summary: 'Revoke an API token',
    description: 'It is refused from now on, within a second in every process, and for good.',
    request: object(key),
    response: object(answer),
    refusals: ['resource_not_found'],
    examples: [{ request: { id: 2 }, response: { ...till, revoked_at: '2025-03-01T08:00:00Z' } }],
  }),
};
