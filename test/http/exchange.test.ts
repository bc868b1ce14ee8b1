import { gzipSync } from 'node:zlib';
import { startTinyApi, type TinyApi } from './tiny-api';

let api: TinyApi;
beforeAll(async () => {
  api = await startTinyApi();
});
afterAll(() => api.close());

const path = '/api/v1.1/test/echo';
const json = { 'content-type': 'application/json' };
const xml = { 'content-type': 'application/xml' };

async function call(
  body: string | Uint8Array | undefined,
  {
    to = path,
    method = 'POST',
    ...headers
  }: { to?: string; method?: string; [header: string]: string | undefined } = {},
) {
  const given = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => !!entry[1]),
  );
  const response = await fetch(`${api.url}${to}`, { method, headers: given, ...(body && { body }) });
  return {
    status: response.status,
    type: response.headers.get('content-type')?.split(';')[0],
    headers: response.headers,
    text: await response.text(),
  };
}

async function callJson(body: object, headers: Record<string, string> = {}) {
  const answer = await call(JSON.stringify({ token: 'reader', amount: '5', ...body }), {
    ...json,
    ...headers,
  });
  return { ...answer, body: JSON.parse(answer.text) };
}

const failure = (error: number, text: string) => `{"error":${error},"error_text":${JSON.stringify(text)}}`;

describe('a request', () => {
  it('in JSON is answered in JSON', async () => {
    const answer = await callJson({ note: 'hi', lines: [{ count: 2, tags: ['a'] }] });
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual({
      error: 0,
      error_text: 'Successful operation',
      data: { amount: '5', note: 'hi', is_temp: null, extra: null, lines: [{ count: 2, tags: ['a'] }] },
    });
  });

  it('in XML is answered in XML, one line being a list all the same', async () => {
    const body =
      '<xml><token>reader</token><amount>007.50</amount><note>007</note><is_temp>true</is_temp>' +
      '<extra>{"a":"&lt;"}</extra><lines><count>2</count><tags>a</tags></lines></xml>';
    expect(await call(body, { 'content-type': 'text/xml; charset=UTF-8' })).toMatchObject({
      status: 200,
      type: 'application/xml',
      text:
        '<?xml version="1.0" encoding="UTF-8"?>\n<xml><error>0</error>' +
        '<error_text>Successful operation</error_text><data><amount>7.5</amount><note>007</note>' +
        '<is_temp>true</is_temp><extra>{"a":"&lt;"}</extra>' +
        '<lines><count>2</count><tags>a</tags></lines></data></xml>',
    });
  });

  it.each([`${path}/`, '/api/v1.1/test/repeat', '/api/v1.1/test/repeat/'])('may go to %s', async (to) => {
    expect(JSON.parse((await call('{"token":"reader","amount":"5"}', { ...json, to })).text).error).toBe(0);
  });

  it.each([
    ['a number in JSON', '{"token":"reader","amount":100.50}', '100.5'],
    [
      'a number no float can hold',
      '{"token":"reader","amount":12345678901234567890.123456}',
      '12345678901234567890.123456',
    ],
  ])('may have as amount %s', async (_, body, expected) => {
    expect(JSON.parse((await call(body, json)).text).data.amount).toBe(expected);
  });

  it.each([
    [
      'no content type',
      '{}',
      {},
      'Content-Type: expected one of application/json, application/xml, text/xml, in UTF-8, got',
    ],
    [
      'another content type',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Content-Type: expected',
    ],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      'Content-Type: expected',
    ],
    ['no body', undefined, json, 'expected a request body, got none'],
    ['malformed JSON', '{"token":', json, 'malformed JSON: '],
    ['JSON that is no object', '[1]', json, 'expected a JSON object'],
    ['too deep JSON', '['.repeat(100_000), json, 'malformed JSON: too many levels'],
    [
      'a key that says two things',
      '{"token":"reader","amount":"1","amount":"2"}',
      json,
      "malformed JSON: Duplicate key 'amount'",
    ],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), json, 'expected a body in UTF-8'],
    ['more than 1 MiB', `{"token":"${'x'.repeat(1_048_576)}"}`, json, 'expected a body of at most 1 MiB'],
    [
      'more than 1 MiB once unpacked',
      gzipSync(Buffer.alloc(2_000_000, 32)),
      { ...json, 'content-encoding': 'gzip' },
      'expected a body of at most 1 MiB',
    ],
    ['an unknown encoding', '{}', { ...json, 'content-encoding': 'rot13' }, 'unsupported content encoding'],
    [
      'an unknown format',
      '{"token":"reader","format":"csv"}',
      json,
      'format: expected "json" or "xml", got "csv"',
    ],
  ])('is refused with %s', async (_, body, headers, text) => {
    const answer = await call(body, headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(JSON.parse(answer.text)).toEqual({ error: 400, error_text: expect.stringContaining(text) });
  });

  it('is told every field that is wrong', async () => {
    const { body } = await callJson({ amount: 'abc', is_temp: 'yes', lines: [{ count: 0 }, {}], extra: [] });
    expect(body).toEqual({
      error: 400,
      error_text:
        'amount: expected a positive decimal string such as "100.50", got "abc"; ' +
        'is_temp: expected true or false, got "yes"; extra: expected an object, got a list; ' +
        'lines[0].count: expected an integer from 1 to 2147483647, got 0; lines[1].count: is required',
    });
  });

  it('cannot bring values through __proto__', async () => {
    const { text } = await call('{"token":"reader","__proto__":{"amount":"5"}}', json);
    expect(text).toBe(failure(400, 'amount: is required'));
  });
});

describe('the format of an answer', () => {
  it.each([
    [
      'the body before all',
      '?format=json',
      { ...xml, accept: 'application/json' },
      '<format>xml</format>',
      'application/xml',
    ],
    ['then the query', '?format=json', { ...xml, accept: 'application/xml' }, '', 'application/json'],
    ['then the header Accept', '', { ...xml, accept: 'application/json' }, '', 'application/json'],
    ['then the format of the request', '', { ...xml, accept: '*/*' }, '', 'application/xml'],
    [
      'and is not disturbed by what cannot be had',
      '',
      { ...xml, accept: 'text/html' },
      '',
      'application/xml',
    ],
  ])('is decided by %s', async (_, query, headers, format, expected) => {
    const body = `<xml><token>reader</token><amount>5</amount>${format}</xml>`;
    expect((await call(body, { ...headers, to: `${path}${query}` })).type).toBe(expected);
  });

  it.each([
    [{ 'content-type': 'application/xml' }, '', 'application/xml'],
    [{ 'content-type': 'application/xml', accept: 'application/json' }, '', 'application/json'],
    [{ 'content-type': 'application/json' }, '?format=xml', 'application/xml'],
  ])('holds for what cannot be read: %j %s', async (headers, query, expected) => {
    const answer = await call('<<<', { ...headers, to: `${path}${query}` } as Record<string, string>);
    expect(answer.type).toBe(expected);
    expect(answer.text).toMatch(/400/);
  });
});

describe('the token', () => {
  const body = (token?: string) => JSON.stringify({ amount: '5', ...(token !== undefined && { token }) });

  it.each([
    ['in the body', body('reader'), undefined, 0],
    ['in the header', body(), 'Bearer reader', 0],
    ['in the header, in whatever case', body(), 'bearer reader', 0],
    ['twice the same', body('reader'), 'Bearer reader', 0],
    ['twice and different', body('reader'), 'Bearer writer', 401],
    ['nowhere', body(), undefined, 401],
    ['empty', body(''), undefined, 401],
    ['in another scheme', body(), 'Basic cmVhZGVy', 401],
    ['unknown', body('nobody'), undefined, 403],
    ['a number', '{"amount":"5","token":5}', undefined, 403],
    ['without the scope', body('writer'), undefined, 403],
  ])('%s', async (_, sent, authorization, error) => {
    expect(JSON.parse((await call(sent, { ...json, authorization })).text).error).toBe(error);
  });

  it('in the URL does not count', async () => {
    const { text } = await call('{"amount":"5"}', { ...json, to: `${path}?token=reader` });
    expect(JSON.parse(text).error).toBe(401);
  });

  it('is looked at before the fields', async () => {
    expect(JSON.parse((await call('{"amount":"abc"}', json)).text).error).toBe(401);
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', path, 'Method GET is not allowed here: use POST'],
    ['PUT', path, 'Method PUT is not allowed here: use POST'],
    ['POST', '/api/v1.1/test/nothing', 'Unknown path /api/v1.1/test/nothing'],
    ['POST', '/api/v1.1/test/ECHO', 'Unknown path /api/v1.1/test/ECHO'],
  ])('%s %s answers 405 in the format asked for', async (method, to, text) => {
    const plain = await call(undefined, { method, to });
    expect(plain).toMatchObject({ status: 200, type: 'application/json', text: failure(405, text) });
    const asXml = await call(undefined, { method, to, accept: 'application/xml' });
    expect(asXml).toMatchObject({ status: 200, type: 'application/xml' });
    expect(asXml.text).toContain(`<error>405</error><error_text>${text}</error_text>`);
  });

  it('answers in the format the body asks for', async () => {
    const body = '{"format":"xml"}';
    expect((await call(body, { ...json, to: '/api/v1.1/nothing' })).type).toBe('application/xml');
  });

  it('outside the API is a plain 405', async () => {
    expect(await call(undefined, { method: 'GET', to: '/helthz' })).toMatchObject({ status: 405 });
  });
});

describe('an answer', () => {
  it('is a refusal with its number', async () => {
    const { body } = await callJson({ mode: 'refuse' });
    expect(body).toEqual({
      error: 422,
      error_text: 'Points of transaction t-1 are already spent or reserved',
    });
  });

  it('says after a fault nothing but the request id, and the log says the rest', async () => {
    const { body, headers } = await callJson(
      { mode: 'fail', note: 'ann@example.com' },
      { 'x-request-id': 'r-17' },
    );
    expect(headers.get('x-request-id')).toBe('r-17');
    expect(body).toEqual({ error: 500, error_text: 'Internal error, request id r-17' });
    expect(api.logged()).toContain('"requestId":"r-17"');
  });

  it('asks to repeat when a server is away', async () => {
    const { body } = await callJson({ mode: 'away' });
    expect(body).toEqual({ error: 503, error_text: expect.stringContaining('same transaction_eid') });
  });

  it('has a request id of its own if the given one is none', async () => {
    const { headers } = await callJson({}, { 'x-request-id': 'a b\tc' });
    expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('leaves no token and no contact in the log', async () => {
    await callJson({ note: 'ann@example.com', amount: 'ann@example.com' });
    expect(api.logged()).toContain(path);
    expect(api.logged()).not.toMatch(/ann@|reader/);
  });
});

describe('a management endpoint', () => {
  const put = (id: string, body: string | undefined, headers: Record<string, string> = json) =>
    call(body, { method: 'PUT', to: `/admin/v1/items/${id}`, authorization: 'Bearer operator', ...headers });

  it('takes the path into the request and answers the bare payload', async () => {
    expect(await put('7', '{"name":"a"}')).toMatchObject({ status: 201, text: '{"id":7,"name":"a"}' });
  });

  it('takes the path before the body', async () => {
    expect((await put('7', '{"name":"a","id":8}')).text).toBe('{"id":7,"name":"a"}');
  });

  it.each([
    ['a refusal', '404', '{"name":"a"}', json, 404, { error: 404, error_text: 'Item 404 not found' }],
    [
      'bad fields',
      'x',
      undefined,
      json,
      400,
      {
        error: 400,
        error_text: 'id: expected an integer from 0 to 2147483647, got "x"; name: is required',
        fields: [
          { field: 'id', problem: 'expected an integer from 0 to 2147483647, got "x"' },
          { field: 'name', problem: 'is required' },
        ],
      },
    ],
    [
      'a body in XML',
      '7',
      '<xml/>',
      xml,
      400,
      { error: 400, error_text: 'Content-Type: expected application/json here' },
    ],
    [
      'another scope',
      '7',
      '{}',
      { ...json, authorization: 'Bearer reader' },
      403,
      { error: 403, error_text: 'API token lacks the scope "admin"' },
    ],
  ])('answers %s with its HTTP status', async (_, id, body, headers, status, expected) => {
    const answer = await put(id, body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual(expected);
  });

  it('names the methods it allows', async () => {
    const answer = await call(undefined, {
      method: 'DELETE',
      to: '/admin/v1/items/7',
      authorization: 'Bearer operator',
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('PUT');
  });
});

it('does not wait for ever', async () => {
  const impatient = await startTinyApi({ requestTimeoutMs: 20 });
  const response = await fetch(`${impatient.url}${path}`, {
    method: 'POST',
    headers: json,
    body: '{"token":"reader","amount":"5","mode":"hang"}',
  });
  expect(await response.json()).toMatchObject({ error: 503 });
  await impatient.close();
});
