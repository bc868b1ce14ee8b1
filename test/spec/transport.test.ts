import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { type Endpoint, restFamilies } from '../../src/contract/endpoint';
import { subjects } from '../../src/contract/index';
import { type Backend, silent, startBackend } from '../support/service';

/** A request that no endpoint takes, and what all of them say. */
interface Rule {
  method?: string;
  type?: string;
  headers?: Record<string, string>;
  body?: string | ((endpoint: Endpoint) => string);
  /** Follows the path. */
  after?: string;
  error: number;
  text: RegExp;
  answeredIn?: 'json' | 'xml';
}

const xml = 'application/xml';
const tokenMissing =
  /^API token is missing: send it as field "token" or as header "Authorization: Bearer …"$/;
const tokensDiffer = /^Body field "token" and the Authorization header carry different tokens$/;

const rules: Record<string, Rule> = {
  'no body': { error: 400, text: /^expected a request body, got none$/ },
  'malformed JSON': { body: '{"token":', error: 400, text: /^malformed JSON: / },
  'JSON that is no object': { body: '["t0k"]', error: 400, text: /^expected a JSON object$/ },
  'malformed XML': {
    type: xml,
    body: '<xml><token>t0k</xml>',
    error: 400,
    text: /^malformed XML: /,
    answeredIn: 'xml',
  },
  'XML with a DOCTYPE': {
    type: 'text/xml',
    body: '<!DOCTYPE xml [<!ENTITY e "t0k">]><xml><token>&e;</token></xml>',
    error: 400,
    text: /^malformed XML: a DOCTYPE is not allowed$/,
    answeredIn: 'xml',
  },
  'another content type': {
    type: 'application/x-www-form-urlencoded',
    body: 'token=t0k',
    error: 400,
    text: /^Content-Type: expected one of application\/json, application\/xml, text\/xml, in UTF-8, got /,
  },
  'a body that is too long': {
    body: ({ maxBytes }) => `{"token":"${'x'.repeat(maxBytes)}"}`,
    error: 400,
    text: /^expected a body of at most \d+ MiB$/,
  },
  'no token': { body: '{}', error: 401, text: tokenMissing },
  'no token, in XML': { type: xml, body: '<xml/>', error: 401, text: tokenMissing, answeredIn: 'xml' },
  'a token in the URL': { body: '{}', after: '?token=t0k', error: 401, text: tokenMissing },
  'two different tokens': {
    body: '{"token":"t0k"}',
    headers: { Authorization: 'Bearer reader' },
    error: 401,
    text: tokensDiffer,
  },
  'an unknown token': { body: '{"token":"t1k"}', error: 403, text: /^API token is not valid$/ },
  'a revoked token': { body: '{"token":"revoked"}', error: 403, text: /^API token is not valid$/ },
  'a token for other things': {
    body: ({ scope }) => (scope === 'market' ? '{"token":"reader"}' : '{"token":"stranger"}'),
    error: 403,
    text: /^API token lacks the scope "(loyalty_(read|write)|market)"$/,
  },
  'another method': { method: 'GET', error: 405, text: /^Method GET is not allowed here: use POST$/ },
  'a slash at the end': { body: '{}', after: '/', error: 401, text: tokenMissing },
  'a path that goes on': {
    body: '{}',
    after: '/now',
    error: 405,
    text: /^Unknown path \/api\/v1.1\/.*\/now$/,
  },
  'the format of the answer in the body': {
    body: '{"format":"xml"}',
    headers: { Accept: 'application/json' },
    error: 401,
    text: tokenMissing,
    answeredIn: 'xml',
  },
  'the format of the answer in the query': {
    type: xml,
    body: '<xml/>',
    after: '?format=json',
    headers: { Accept: xml },
    error: 401,
    text: tokenMissing,
  },
  'the format of the answer in the header': {
    body: '{}',
    headers: { Accept: xml },
    error: 401,
    text: tokenMissing,
    answeredIn: 'xml',
  },
  'a format nobody knows': {
    body: '{"format":"csv"}',
    error: 400,
    text: /^format: expected "json" or "xml", got "csv"$/,
  },
};

let backend: Backend;
let api: RunningApi;

beforeAll(async () => {
  backend = await startBackend({}, { withoutWorker: true });
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  await backend.pool.query(
    `insert into catalog.tokens (name, token_hash, scopes, revoked_at)
     values ('lost', sha256('revoked'), array['loyalty_read', 'loyalty_write', 'admin'], now())`,
  );
  api = await startApi(backend.config, { log: silent });
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

const endpoints = Object.values(subjects).flatMap((subject) => Object.values<Endpoint>(subject));
const named = endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);
const ofManagement = ([, { family }]: (typeof named)[number]) => restFamilies.has(family);

describe.each(named.filter((it) => !ofManagement(it)))('%s', (_, endpoint) => {
  test.each(Object.entries(rules))('%s', async (__, rule) => {
    const { method = 'POST', type = 'application/json', headers = {}, body, after = '' } = rule;
    const sent = typeof body === 'function' ? body(endpoint) : body;
    const response = await fetch(api.url + endpoint.path + after, {
      method,
      headers: { 'Content-Type': type, ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const format = rule.answeredIn ?? 'json';
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`application/${format}; charset=utf-8`);
    const { error, error_text } = failureIn(await response.text(), format);
    expect(error_text).toMatch(rule.text);
    expect(error).toBe(rule.error);
  });
});

/** Nothing but error and error_text, in that order. */
function failureIn(text: string, format: 'json' | 'xml') {
  if (format === 'json') {
    const failure = JSON.parse(text);
    expect(Object.keys(failure)).toEqual(['error', 'error_text']);
    return failure;
  }
  const document = /^<\?xml .*\?>\n<xml><error>(\d+)<\/error><error_text>(.*)<\/error_text><\/xml>$/.exec(
    text,
  );
  return { error: Number(document?.[1]), error_text: document?.[2] };
}

/** Management, and files, answer with real HTTP status codes, in JSON alone. */
describe.each(named.filter(ofManagement))('%s', (_, { method, path, upload }) => {
  const type: Record<string, string> = upload === null ? {} : { 'Content-Type': upload };
  test.each([
    ['no token', {}, 401],
    ['an unknown token', { Authorization: 'Bearer t1k' }, 403],
    ['a revoked token', { Authorization: 'Bearer revoked' }, 403],
    ['a token for other things', { Authorization: 'Bearer stranger' }, 403],
  ])('%s', async (__, headers, status) => {
    const url = api.url + path.replace(/:\w+/g, '1');
    const response = await fetch(url, { method, headers: { ...headers, ...type, Accept: xml } });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: status, error_text: expect.any(String) });
  });
});
