import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { type RunningApi, startApi } from '../../src/api';
import type { ServiceConfig } from '../../src/config';
import { decimal } from '../../src/domain/amount';
import type { DrawnPromotion, DrawnShop } from './drawn-shops';
import { enrol, makePerson, type Person } from './people';
import { type Backend, type BackendOptions, silent, startBackend } from './service';
import { type Json, send, type WireFormat } from './wire';

type Numbered = DrawnPromotion & { id: number };
export type NumberedShop = Pick<DrawnShop, 'program' | 'arbitration' | 'groups'> & {
  promotions: readonly Numbered[];
};

/** The programs of shops.sql with a whole service around them, whose promotions change from case to case. */
export interface Shops {
  backend: Backend;
  /** Asks an endpoint of the public API in a format; token and customer filled in. */
  ask(path: string, body: Json, format?: WireFormat): Promise<Json>;
  /** Asks for the test of promotions; fails unless it succeeds. */
  test(body: Json): Promise<Json>;
  /** Sets a program up; API and worker know it from then on. */
  setUp(shop: NumberedShop): Promise<void>;
  /** Codes of a pool, new ones. */
  issue(program: number, pool: 'own' | 'shared', count: number): Promise<string[]>;
  /** Somebody new who has what was drawn. */
  customer(program: number, drawn: DrawnShop['customer']): Promise<Person>;
  close(): Promise<void>;
}

interface ShopsOptions extends BackendOptions {
  /** Settings of the API alone, such as another way to its servers. */
  forApi?: () => Partial<ServiceConfig>;
}

export async function openShops(
  settings: Partial<ServiceConfig> = {},
  { forApi, ...options }: ShopsOptions = {},
): Promise<Shops> {
  const backend = await startBackend(settings, options);
  await backend.pool.query(readFileSync(join(__dirname, 'shops.sql'), 'utf8'));
  const api = await startApi({ ...backend.config, ...forApi?.() }, { log: silent });
  const ask: Shops['ask'] = (path, body, format = 'json') =>
    send(`${api.url}/api/v1.1${path}`, format, { token: 't0k', ...body });
  let turn = 0;
  let probes = 0;
  return {
    backend,
    ask,
    test: (body) => askForTest(api, body),
    async setUp(shop) {
      turn += 1;
      await writeProgram(backend, shop, turn);
      const probe = await makePerson(backend, shop.program);
      await enrol(backend, probe, shop.program);
      for (let knows = false; !knows; probes += 1) {
        knows = await isKnown(ask, { program: shop.program, turn, probe, number: probes });
      }
    },
    async issue(program, pool, count) {
      const codes = Array.from({ length: count }, () => uuidv7());
      const loyalty_id = pool === 'own' ? program : program + 10;
      if (count > 0)
        expect(await ask('/promocodes/import', { loyalty_id, codes })).toMatchObject({ error: 0 });
      return codes;
    },
    customer: (program, drawn) => makeCustomer(backend, program, drawn),
    async close() {
      await api.stop();
      await backend.close();
    },
  };
}

async function askForTest(api: RunningApi, body: Json): Promise<Json> {
  const response = await fetch(`${api.url}/admin/v1/promotions/test`, {
    method: 'POST',
    headers: { Authorization: 'Bearer t0k', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Json;
}

const markOf = (turn: number) => `MARK${turn}`;

/** The promotions in the order of the list, behind one that shows who knows them. */
async function writeProgram(
  { pool }: Backend,
  { program, arbitration, groups, promotions }: NumberedShop,
  turn: number,
): Promise<void> {
  const client = await pool.connect();
  const mark: Numbered = {
    id: program,
    ...{ kind: 'discount', priority: -1, combinable: false, group: null, isActive: true, isPartners: false },
    ...{ start: null, end: null, limits: null },
    conditions: [
      { kind: 'goods', products: ['PROBE'] },
      { kind: 'promo_code', code: markOf(turn) },
    ],
    effects: [{ kind: 'special_price', price: '0' }],
  };
  try {
    await client.query('begin');
    await client.query('delete from catalog.promotions where program_id = $1', [program]);
    await client.query('delete from catalog.promotion_groups where program_id = $1', [program]);
    await client.query(
      `update catalog.programs
       set arbitration_discounts = $2, arbitration_points = $3, discount_with_points = $4 where id = $1`,
      [program, arbitration.discounts, arbitration.points, arbitration.together],
    );
    await client.query(
      `insert into catalog.promotion_groups (id, program_id, external_id, name, mode, priority, parent_id)
       select $1 * 10 + n - 1, $1, 'g' || n, 'g' || n, g ->> 'mode', (g ->> 'priority')::int,
         case n when 2 then $1 * 10 end
       from jsonb_array_elements($2::jsonb) with ordinality as g(g, n)`,
      [program, JSON.stringify(groups)],
    );
    const rows = [mark, ...promotions].map((it) => rowOf(program, it));
    await client.query(
      `insert into catalog.promotions (
         id, program_id, external_id, name, kind, is_active, start_date, end_date, priority, combinable,
         group_id, partner_id, limits, conditions, effects
       )
       select
         id, program_id, external_id, name, kind, is_active, start_date, end_date, priority, combinable,
         group_id, partner_id, limits, conditions, effects
       from jsonb_populate_recordset(null::catalog.promotions, $1::jsonb)`,
      [JSON.stringify(rows)],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
}

let ids = 1_000;

function rowOf(program: number, drawn: Numbered): Json {
  const conditions = drawn.conditions.map((it) =>
    'pool' in it && !('kind' in it) ? { kind: 'promo_code', pool: `${it.pool}-${program}` } : it,
  );
  return {
    ...{
      id: drawn.id,
      program_id: program,
      external_id: `p${drawn.id}`,
      name: `Promotion ${drawn.id}`,
    },
    ...{ kind: drawn.kind, is_active: drawn.isActive, start_date: drawn.start, end_date: drawn.end },
    ...{ priority: drawn.priority, combinable: drawn.combinable, limits: drawn.limits },
    group_id: drawn.group === null ? null : program * 10 + drawn.group,
    ...{ partner_id: drawn.isPartners ? program : null, conditions, effects: drawn.effects },
  };
}

/** Gives the promotions ids, so that they are the same ones wherever they stand in a list. */
export function numbered(promotions: readonly DrawnPromotion[]): Numbered[] {
  return promotions.map((it) => ({ ...it, id: ++ids }));
}

type Probe = { program: number; turn: number; probe: Person; number: number };

/** Whether both know the promotions of this turn: only then the probe costs nothing. A refusal wakes them. */
async function isKnown(ask: Shops['ask'], { program, turn, probe, number }: Probe): Promise<boolean> {
  const answer = await ask('/market/orders/preorder_commit', {
    ...{ external_id: `probe-${number}`, email: probe.email },
    data: {
      ...{ endpoint: `web-${program}`, status: 'new', currency: 'RUB', promo_codes: [markOf(turn)] },
      ...{ total_price: '1', final_total_price: '0' },
      lines: [{ external_id: '1', product: 'PROBE', count: 1, base_price_per_item: '1' }],
    },
  });
  expect([0, 409]).toContain(answer.error);
  const { promotions = [] } = (answer.data ?? {}) as { promotions?: Json[] };
  return promotions.length === 1;
}

async function makeCustomer(
  backend: Backend,
  program: number,
  { city, isMember, ...points }: DrawnShop['customer'],
): Promise<Person> {
  const person = await makePerson(backend, program);
  await backend.pool.query(
    `update directory.profiles set fields = fields || jsonb_build_object('city', $2::text)
     where profile_id = $1`,
    [person.profile_id, city],
  );
  if (!isMember) return person;
  await enrol(backend, person, program);
  const { rows } = await backend.pool.query<{ member_id: string }>(
    'select member_id::text from ledger.members where profile_id = $1 and removed_at is null',
    [person.profile_id],
  );
  const member_id = rows[0]?.member_id as string;
  const accruals = Object.entries(points).map(([eid, amount]) => {
    const currency_iid = program * 10 + ['stars', 'miles', 'rank'].indexOf(eid) + 1;
    const account = { program_id: program, member_id, currency_iid, source_type: 'api' as const };
    return backend.gateway.post({ verb: 'accrue', transaction_id: uuidv7(), ...account, amount });
  });
  for (const outcome of await Promise.all(accruals)) expect(outcome).not.toHaveProperty('refusal');
  return person;
}

/** The order as preorder takes it, with the sums that its lines make. */
export function orderData({ order }: Pick<DrawnShop, 'order'>, codes: readonly string[]): Json {
  const {
    scale: _,
    withDelivery,
    lines,
    promo_codes = [],
    ...rest
  } = order as Json & {
    lines: Json[];
    promo_codes?: string[];
  };
  const goods = lines.reduce(
    (sum, line) => sum.plus(decimal(String(line.base_price_per_item)).times(Number(line.count))),
    decimal('0'),
  );
  const delivery = withDelivery && rest.delivery_cost ? String(rest.delivery_cost) : '0';
  const data = {
    ...rest,
    total_price: goods.plus(delivery).toFixed(),
    promo_codes: [...promo_codes, ...codes],
    lines: lines.map((line, index) => ({ external_id: `l${index + 1}`, ...line })),
  };
  // Without what is undefined, which XML could not leave out.
  return JSON.parse(JSON.stringify(data)) as Json;
}
