import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import type { Endpoint } from '../../src/contract/endpoint';
import { type RefusalCode, refusals } from '../../src/domain/refusal';
import { type Backend, silent, startBackend } from './service';
import { asXml, type Json, send, type WireFormat } from './wire';

/** One person, for one case in one format: a profile, and a member of program 1 unless the case says otherwise. */
export interface Person {
  profile_id: string;
  email: string;
  phone: string;
  crm_id: string;
}

/** What a case can use to bring about its situation. */
export interface World {
  backend: Backend;
  person: Person;
  format: WireFormat;
  /** Asks another endpoint for the person: token, program and matching are filled in. Fails unless it succeeds. */
  ask(path: string, body?: Json): Promise<Json>;
}

export interface Case {
  /** Brings the situation about; what it answers is merged into the request. */
  given?: (world: World) => Promise<Json | undefined>;
  /** Merged into token, program 1 and matching by e-mail; a function sees the person. undefined leaves a key out. */
  request?: Json | ((person: Person) => Json);
  headers?: Record<string, string>;
  /** The whole payload of a success, in JSON. */
  answers?: Json | ((person: Person) => Json);
  /** The refusal expected instead, and how its text must look. */
  refuses?: RefusalCode;
  text?: string | RegExp;
  /** For people who are no members, or no profiles at all. */
  unregistered?: boolean;
  /** Only in this format, for what the other cannot express. */
  only?: WireFormat;
}

let backend: Backend;
let api: RunningApi;
let people = 0;

/**
 * The specification of an endpoint: every case runs in JSON and in XML; a refused one must leave nothing behind;
 * and every refusal the endpoint lists must be the answer to some case.
 */
export function specify(endpoint: Endpoint, cases: Record<string, Case>): void {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.pool.query(readFileSync(join(__dirname, 'world.sql'), 'utf8'));
    api = await startApi(backend.config, { log: silent });
  });
  afterAll(async () => {
    await api.stop();
    await backend.close();
  });

  describe.each(['json', 'xml'] as const)(`POST ${endpoint.path} in %s`, (format) => {
    const here = Object.entries(cases).filter(([, { only = format }]) => only === format);
    test.each(here)('%s', (_, spec) => run(endpoint, format, spec));
  });

  test.each(endpoint.aliases.map((alias) => [alias]))('%s is the same endpoint', async (alias) => {
    const answer = await send(api.url + alias, 'json', {});
    expect(answer.error).toBe(401);
  });

  test('every refusal the endpoint lists has its case', () => {
    const tried = new Set(Object.values(cases).map(({ refuses }) => refuses));
    expect(endpoint.refusals.filter((code) => !tried.has(code))).toEqual([]);
  });
}

async function run(endpoint: Endpoint, format: WireFormat, spec: Case): Promise<void> {
  const person = await makePerson(spec.unregistered !== true);
  const ask = async (path: string, body: Json = {}) => {
    const answer = await send(`${api.url}/api/v1.1${path}`, 'json', { ...requestOf(person), ...body });
    expect(answer).toMatchObject({ error: 0 });
    return answer;
  };
  const given = await spec.given?.({ backend, person, format, ask });
  const request = typeof spec.request === 'function' ? spec.request(person) : spec.request;
  const body = withoutUndefined({ ...requestOf(person), ...request, ...given });
  const before = await fingerprint();
  const answer = await send(api.url + endpoint.path, format, body, spec.headers);
  expectAnswer(endpoint, format, spec, person, answer);
  if (spec.refuses) expect(await fingerprint()).toEqual(before);
}

function expectAnswer(
  endpoint: Endpoint,
  format: WireFormat,
  spec: Case,
  person: Person,
  answer: Json,
): void {
  const inFormat = (json: Json) => (format === 'json' ? json : asXml(json));
  if (spec.refuses) {
    expect(answer).toEqual(inFormat({ error: refusals[spec.refuses].error, error_text: expect.any(String) }));
    if (spec.text) expect(answer.error_text).toMatch(spec.text);
    return;
  }
  const payload = typeof spec.answers === 'function' ? spec.answers(person) : spec.answers;
  const text = endpoint.family === 'market' ? '' : 'Successful operation';
  expect(answer).toEqual(inFormat({ error: 0, error_text: text, ...payload }));
}

function requestOf({ email }: Person): Json {
  return { token: 't0k', loyalty_program_id: 1, matching: 'email', email };
}

async function makePerson(isMember: boolean): Promise<Person> {
  people += 1;
  const number = String(people).padStart(4, '0');
  const person = {
    profile_id: people.toString(16).padStart(24, '0'),
    email: `ann${number}@example.com`,
    phone: `+1202555${number}`,
    crm_id: `A-${number}`,
  };
  await backend.pool.query(
    `with profile as (
       insert into directory.profiles (profile_id, database_id, email, phones, fields)
       values ($1, 1, $2, array[$3], jsonb_build_object('crm_id', $4::text))
     )
     insert into directory.profile_keys (database_id, field, value, profile_id, is_unique)
     values (1, 'email', $2, $1, true), (1, 'phone', $3, $1, false), (1, 'crm_id', $4, $1, true)`,
    [person.profile_id, person.email, person.phone, person.crm_id],
  );
  if (isMember) {
    await send(`${api.url}/api/v1.1/loyalty/register_member`, 'json', requestOf(person));
  }
  return person;
}

/** What is in the ledger: a refused request must not change it. */
async function fingerprint(): Promise<Json> {
  const { rows } = await backend.pool.query(`
    select
      (select count(*) from ledger.postings) as postings, (select count(*) from ledger.keys) as keys,
      (select count(*) from ledger.members where removed_at is null) as members,
      (select jsonb_object_agg(state, count) from (select state, count(*) from ledger.holds group by state) h) as holds`);
  return rows[0] as Json;
}

function withoutUndefined(body: Json): Json {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
