import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import type { Endpoint } from '../../src/contract/endpoint';
import { shapeOf } from '../../src/contract/shape';
import { type RefusalCode, refusals } from '../../src/domain/refusal';
import { answerChecker } from './openapi';
import { enrol, makePerson, type Person } from './people';
import { type Backend, silent, startBackend } from './service';
import { asXml, type Json, send, type WireFormat } from './wire';

export interface Member {
  person: Person;
  /** Asks any endpoint for the person, token, program and matching filled in. Fails unless it succeeds. */
  ask(path: string, body?: Json): Promise<Json>;
  /** As ask, whatever the answer. */
  try(path: string, body?: Json): Promise<Json>;
}

/** What a case can use to bring about its situation. */
export interface World extends Member {
  backend: Backend;
  /** Of the API. */
  url: string;
  format: WireFormat;
  /** A further new member, of the case's program unless told otherwise. */
  another(program?: number): Promise<Member>;
  /** Lets something go on while the request is under way; the case ends when both have. */
  meanwhile(work: Promise<unknown>): void;
}

/** What a case may say by itself, or from the person and the request that was sent. */
type Told<T> = T | ((person: Person, sent: Json) => T);

export interface Case {
  /** Brings the situation about; what it answers is merged into the request. */
  given?: (world: World) => Promise<Json | undefined>;
  /** Merged into token, program and matching, where the endpoint has them. undefined leaves a key out. */
  request?: Json | ((person: Person) => Json);
  headers?: Record<string, string>;
  /** The whole payload of a success, in JSON. */
  answers?: Told<Json>;
  /** What must be so after a success; in XML all values of the answer are text. */
  afterwards?: (world: World, sent: Json, answer: Json) => Promise<void>;
  /** The refusal expected instead, and its text: whole, or a part that matches. */
  refuses?: RefusalCode;
  text?: Told<string | RegExp>;
  /** The program it is about; program n has its profiles in database n. */
  program?: number;
  /** For people who are no members, or no profiles at all. */
  unregistered?: boolean;
  /** Only in this format, for what the other cannot express. */
  only?: WireFormat;
}

/** The service that the specification of an endpoint runs on, for tests that do not fit into its table. */
export interface SpecBench {
  backend(): Backend;
  /** A new member. */
  another(program?: number): Promise<Member>;
}

let backend: Backend;
let problemsOf: (answer: unknown) => unknown[];
let api: RunningApi;
const bystanders = new Map<string, Promise<Person>>();

/**
 * The specification of an endpoint: every case runs in JSON and in XML; every answer in JSON follows the
 * OpenAPI document; a refused request must leave nothing behind; and every refusal the endpoint lists must be
 * the answer to some case. `usual` is merged into every request.
 */
export function specify(endpoint: Endpoint, cases: Record<string, Case>, usual: Json = {}): SpecBench {
  problemsOf = answerChecker(endpoint);
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
    test.each(here)('%s', (_, spec) => run(endpoint, format, usual, spec));
  });

  for (const alias of endpoint.aliases) {
    test(`${alias} is the same endpoint`, async () => {
      const answer = await send(api.url + alias, 'json', {});
      expect(answer.error).toBe(401);
    });
  }

  test('every refusal the endpoint lists has its case', () => {
    const tried = new Set(Object.values(cases).map(({ refuses }) => refuses));
    expect(endpoint.refusals.filter((code) => !tried.has(code))).toEqual([]);
  });

  return {
    backend: () => backend,
    another: async (program = 1) => memberOf(program, await newcomer(program, true)),
  };
}

async function run(endpoint: Endpoint, format: WireFormat, usual: Json, spec: Case): Promise<void> {
  const { program = 1, unregistered = false } = spec;
  const member = memberOf(program, await personFor(spec, program, !unregistered));
  const { person } = member;
  const goingOn: Promise<unknown>[] = [];
  const world: World = {
    ...member,
    backend,
    url: api.url,
    format,
    another: async (other = program) => memberOf(other, await newcomer(other, true)),
    meanwhile: (work) => void goingOn.push(work),
  };
  const given = await spec.given?.(world);
  const body = bodyFor(endpoint, spec, person, usual, given);
  const before = await fingerprint();
  const answer = await send(api.url + endpoint.path, format, body, spec.headers);
  await Promise.all(goingOn);
  if (format === 'json') expect(problemsOf(answer)).toEqual([]);
  expectAnswer(endpoint, format, spec, answer, (told) =>
    typeof told === 'function' ? (told as (person: Person, sent: Json) => never)(person, body) : told,
  );
  if (spec.refuses) expect(await fingerprint()).toEqual(before);
  else await spec.afterwards?.(world, body, answer);
}

/** Who is refused without more ado loses nothing by it, and can serve again. */
function personFor(spec: Case, program: number, isMember: boolean): Promise<Person> {
  if (!spec.refuses || spec.given) return newcomer(program, isMember);
  const key = `${program} ${isMember}`;
  const known = bystanders.get(key) ?? newcomer(program, isMember);
  bystanders.set(key, known);
  return known;
}

async function newcomer(program: number, isMember: boolean): Promise<Person> {
  const person = await makePerson(backend, program);
  if (isMember) await enrol(backend, person, program);
  return person;
}

function bodyFor(endpoint: Endpoint, spec: Case, person: Person, usual: Json, given: Json | undefined): Json {
  const shape = shapeOf(endpoint.request);
  const known = new Map(shape.kind === 'object' ? shape.keys : []);
  const { token, ...rest } = requestOf(person, spec.program ?? 1);
  const defaults = Object.fromEntries(Object.entries(rest).filter(([key]) => known.has(key)));
  const request = typeof spec.request === 'function' ? spec.request(person) : spec.request;
  const body = { token, ...defaults, ...usual, ...request, ...given };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function requestOf({ email }: Person, program: number): Json {
  return { token: 't0k', loyalty_program_id: program, matching: 'email', email };
}

function memberOf(program: number, person: Person): Member {
  const attempt = (path: string, body: Json = {}) =>
    send(`${api.url}/api/v1.1${path}`, 'json', { ...requestOf(person, program), ...body });
  return {
    person,
    try: attempt,
    async ask(path, body) {
      const answer = await attempt(path, body);
      expect(answer).toMatchObject({ error: 0 });
      return answer;
    },
  };
}

function expectAnswer(
  endpoint: Endpoint,
  format: WireFormat,
  spec: Case,
  answer: Json,
  tell: <T>(told: Told<T>) => T,
): void {
  const inFormat = (json: Json) => (format === 'json' ? json : asXml(json));
  if (spec.refuses) {
    const { error, text: template } = refusals[spec.refuses];
    expect(answer).toEqual(inFormat({ error, error_text: expect.stringMatching(patternOf(template)) }));
    const text = tell(spec.text);
    if (typeof text === 'string') expect(answer.error_text).toBe(text);
    if (text instanceof RegExp) expect(answer.error_text).toMatch(text);
    return;
  }
  const text = endpoint.family === 'market' ? '' : 'Successful operation';
  expect(answer).toEqual(inFormat({ error: 0, error_text: text, ...tell(spec.answers) }));
}

/** The texts a refusal may have: its own, whatever its details are. */
function patternOf(template: string): RegExp {
  const literal = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^]+');
  return new RegExp(`^${literal}$`);
}

/** What is in the database: a refused request must not change it. */
async function fingerprint(): Promise<Json> {
  const { rows } = await backend.pool.query(`
    select
      (select count(*) from directory.profiles) as profiles,
      (select count(*) from ledger.postings) as postings, (select count(*) from ledger.keys) as keys,
      (select count(*) from ledger.members where removed_at is null) as members,
      (select count(*) from exports.tasks) as exports,
      (select count(*) from market.goods where deleted_at is null) as goods,
      (select count(*) from market.custom_fields) as custom_fields,
      (select count(*) from market.orders) as orders,
      (select count(*) from market.order_promotions) as order_promotions,
      (select md5(string_agg(c::text, ' ' order by code_id)) from codes.codes c) as promo_codes,
      (select jsonb_agg(to_jsonb(o) order by id) from market.orders o) as orders,
      (select jsonb_object_agg(state, count) from (
        select state, count(*) from ledger.holds where seq is not null group by state
      ) h) as holds`);
  return rows[0] as Json;
}
