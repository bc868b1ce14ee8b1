import { orders } from '../../src/contract/orders';
import { done, importedFieldCases, refused, scopeCase } from '../support/market-cases';
import { confirmCounted, importedOrder, starsOf, statusProgram } from '../support/order-points';
import { answerConfirmed } from '../support/orders';
import { type Case, specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const line = { external_id: '1', product: 'P1', count: 1, base_price_per_item: '900' };
const order = (more: Json = {}) => ({
  external_id: 'o',
  endpoint: 'website',
  status: 'new',
  currency: 'RUB',
  total_price: '900',
  lines: [line],
  ...more,
});

/** Orders and lines as they are stored. */
async function kept({ backend }: Pick<World, 'backend'>, externalId: string): Promise<Json> {
  const { rows } = await backend.pool.query(
    `select o.origin, o.endpoint, o.status, o.region, o.profile_id, o.tags, o.custom_fields, o.create_time,
       o.total_price::float8, o.discount_amount::float8, o.final_total_price::float8, o.delivery_cost::float8,
       (select jsonb_agg(jsonb_build_object('id', l.external_id, 'goods', g.external_id, 'count', l.count,
          'final', l.final_price_per_item::float8, 'sum', l.final_total_price::float8, 'status', l.status,
          'fields', l.custom_fields) order by l.line_no)
        from market.order_lines l join market.goods g on g.id = l.goods_id where l.order_id = o.id) as lines
     from market.orders o where external_id = $1`,
    [externalId],
  );
  return rows[0] as Json;
}

const withId = (external_id: string) => ({ ...done(external_id), id: expect.anything() });

/** An order that preorder_commit could have made: 10 % off. */
const confirmed = async ({ backend, person, format }: World) => {
  await backend.pool.query(
    `with o as (
       insert into market.orders (external_id, origin, endpoint, status, currency, profile_id, total_price,
         discount_amount, final_total_price, create_time, update_time, request_hash)
       values ('confirmed-' || $2::text, 'commit', 'website', 'new', 'RUB', $1, 900, 90, 810, now(), now(),
         'x')
       on conflict (external_id) do update set profile_id = excluded.profile_id
       returning id
     )
     insert into market.order_lines (order_id, line_no, external_id, goods_id, count, base_price_per_item,
       final_price_per_item, total_price, discount_amount, final_total_price)
     select id, 1, '1', 1, 1, 900, 810, 900, 90, 810 from o on conflict do nothing`,
    [person.profile_id, format],
  );
  await answerConfirmed(backend);
};

const counted = async (world: World) => (await confirmCounted(world)).order_external_id;

const conflicts: Record<string, Case> = Object.fromEntries(
  Object.entries({
    total_price: [
      { total_price: '800', lines: [{ ...line, base_price_per_item: '800' }] },
      'total_price: is "900"',
    ],
    'price of a line': [
      { lines: [{ ...line, final_price_per_item: '900' }] },
      'lines[0].final_price_per_item: is "810"',
    ],
    line: [{ lines: [{ ...line, external_id: '2' }] }, 'lines[0]: is not in the order'],
    goods: [{ lines: [{ ...line, product: 'P2' }] }, 'lines[0].goods_id: is 1'],
    touchpoint: [{ endpoint: 'app' }, 'endpoint: is "website"'],
    customer: [{ email: 'twin1@example.com' }, 'profile_id: is "'],
  } satisfies Record<string, [Json, string]>).map(([what, [change, text]]): [string, Case] => [
    `a confirmed order with another ${what}`,
    {
      given: async (world) => {
        await confirmed(world);
        const { email } = world.person;
        return { data: [order({ external_id: `confirmed-${world.format}`, email, ...change })] };
      },
      answers: (_, sent) => ({
        result: [
          {
            external_id: (sent.data as Json[])[0]?.external_id,
            error: 409,
            error_text: expect.stringContaining(text),
          },
        ],
      }),
      afterwards: async (world) => {
        expect(await kept(world, `confirmed-${world.format}`)).toMatchObject({ final_total_price: 810 });
      },
    },
  ]),
);

specify(
  orders.import,
  {
    'a new order with everything': {
      request: ({ email }) => ({
        data: [
          order({
            external_id: 'full',
            matching: 'email',
            email,
            tags: ['vip', 'gift'],
            status: 'paid',
            delivery_cost: '100',
            total_price: '3100',
            create_time: '2006-01-25 15:04:05',
            custom_fields: { gift: 'true' },
            region: 'north',
            lines: [
              {
                external_id: '1',
                status: 'delivered',
                product: 'P1',
                count: 5,
                base_price_per_item: '600',
                final_price_per_item: '500',
                custom_fields: { engraving: 'Ann' },
              },
            ],
          }),
        ],
      }),
      answers: { result: [withId('full')] },
      afterwards: async (world) => {
        expect(await kept(world, 'full')).toEqual({
          origin: 'import',
          endpoint: 'website',
          status: 'paid',
          region: 'north',
          profile_id: world.person.profile_id,
          tags: ['vip', 'gift'],
          custom_fields: { gift: true },
          create_time: '2006-01-25T15:04:05Z',
          total_price: 3100,
          discount_amount: 500,
          final_total_price: 2600,
          delivery_cost: 100,
          lines: [
            {
              id: '1',
              goods: 'P1',
              count: 5,
              final: 500,
              sum: 2500,
              status: 'delivered',
              fields: { engraving: 'Ann' },
            },
          ],
        });
        const { rows } = await world.backend.pool.query(
          `select from ledger.postings p join market.orders o on o.id = p.source_iid
           where p.source_type = 'order' and o.origin = 'import'`,
        );
        expect(rows).toEqual([]);
      },
    },
    'found by phone; a guest; SKUs; delivery that total_price leaves out': {
      request: ({ phone }) => ({
        data: [
          order({ external_id: 'by-phone', matching: 'phone', phone }),
          order({
            external_id: 'guest',
            delivery_cost: '100',
            lines: [{ external_id: 'a', sku: 'S1', count: 3, base_price_per_item: '300' }],
          }),
        ],
      }),
      answers: { result: [withId('by-phone'), withId('guest')] },
      afterwards: async (world) => {
        expect(await kept(world, 'by-phone')).toMatchObject({ profile_id: world.person.profile_id });
        expect(await kept(world, 'guest')).toMatchObject({
          profile_id: null,
          final_total_price: 900,
          lines: [{ goods: 'S1', sum: 900 }],
        });
      },
    },
    'an order that is there is updated: status, lines and fields': {
      given: async ({ person, ask }) => {
        const first = order({
          external_id: 'again',
          matching: 'email',
          email: person.email,
          tags: ['a'],
          region: 'north',
        });
        await ask('/market/orders/import', { data: [{ ...first, custom_fields: { gift: true } }] });
        return {
          data: [
            order({
              external_id: 'again',
              status: 'delivered',
              total_price: '1800',
              lines: [
                { ...line, external_id: '2', product: 'P2' },
                { ...line, status: 'delivered' },
              ],
            }),
          ],
        };
      },
      answers: { result: [withId('again')] },
      afterwards: async (world) => {
        expect(await kept(world, 'again')).toMatchObject({
          status: 'delivered',
          profile_id: world.person.profile_id,
          region: 'north',
          tags: ['a'],
          custom_fields: { gift: true },
          total_price: 1800,
          lines: [
            { id: '2', goods: 'P2' },
            { id: '1', goods: 'P1', status: 'delivered' },
          ],
        });
      },
    },
    'the same order twice: as if one after the other': {
      request: { data: [order({ external_id: 'twice' }), order({ external_id: 'twice', status: 'paid' })] },
      answers: { result: [withId('twice'), withId('twice')] },
      afterwards: async (world) => expect(await kept(world, 'twice')).toMatchObject({ status: 'paid' }),
    },
    'line statuses and fields that come along': {
      request: {
        custom_fields: [{ external_id: 'wrap', name: 'Wrap', entity_type: 'order', value_type: 'unicode' }],
        custom_line_statuses: [{ external_id: 'packing', name: 'Packing', type: 'in_process' }],
        skip_triggers: true,
        data: [
          order({
            external_id: 'along',
            custom_fields: { wrap: 'red' },
            lines: [{ ...line, status: 'packing' }],
          }),
        ],
      },
      answers: { result: [withId('along')] },
    },
    'a confirmed order may change what does not concern prices': {
      given: async (world) => {
        await confirmed(world);
        const { email } = world.person;
        const external_id = `confirmed-${world.format}`;
        return {
          data: [
            order({ external_id, email, status: 'delivered', lines: [{ ...line, status: 'delivered' }] }),
          ],
        };
      },
      answers: (_, sent) => ({ result: [withId(String((sent.data as Json[])[0]?.external_id))] }),
      afterwards: async (world) => {
        expect(await kept(world, `confirmed-${world.format}`)).toMatchObject({
          origin: 'commit',
          status: 'delivered',
          final_total_price: 810,
          lines: [{ final: 810, sum: 810, status: 'delivered' }],
        });
      },
    },
    ...conflicts,
    'one that is refused does not disturb the others': {
      request: {
        data: [
          order({ external_id: 'b1', endpoint: 'nowhere' }),
          order({ external_id: 'b2', status: 'lost' }),
          order({ external_id: 'b3', currency: 'EUR' }),
          order({ external_id: 'b4', region: 'east' }),
          order({ external_id: 'b5', email: 'nobody@example.com' }),
          order({ external_id: 'b6', matching: 'phone', phone: '+12029990000' }),
          order({ external_id: 'b7', matching: 'phone' }),
          order({ external_id: 'b8', total_price: '901' }),
          order({ external_id: 'b9', lines: [{ ...line, product: 'P9' }] }),
          order({ external_id: 'b10', lines: [{ ...line, sku: 'S1' }] }),
          order({ external_id: 'b11', lines: [line, line] }),
          order({ external_id: 'b12', lines: [{ ...line, status: 'lost' }] }),
          order({ external_id: 'b13', lines: [{ ...line, count: 0 }] }),
          order({ external_id: 'b14', total_price: '900.005' }),
          order({ external_id: 'b15', custom_fields: { gift: 'perhaps' } }),
          order({ external_id: 'b16', create_time: 'yesterday' }),
          order({ external_id: 'b17', matching: 'custom', field_name: 'shoe', field_value: 'x' }),
          order({ external_id: 'b18', currency: 'JPY', total_price: '0.5' }),
          order({ external_id: 'good' }),
        ],
      },
      answers: {
        result: [
          refused('b1', 404, 'Touchpoint "nowhere" not found'),
          refused('b2', 404, 'Order status "lost" not found'),
          refused('b3', 404, 'Currency of money "EUR" not found'),
          refused('b4', 404, 'Region "east" not found'),
          refused('b5', 404, 'Profile not found by email "nobody@example.com"'),
          refused('b6', 409, 'More than one profile found by phone "+12029990000"'),
          refused('b7', 400, 'phone: is required when matching is "phone"'),
          refused(
            'b8',
            400,
            'total_price: expected 900, the base prices of all lines and delivery_cost, got 901',
          ),
          refused('b9', 404, 'Product "P9" not found'),
          refused('b10', 400, 'lines: line 1 needs either product or sku'),
          refused('b11', 400, 'lines: external_id "1" is there twice'),
          refused('b12', 404, 'Line status "lost" not found'),
          refused('b13', 400, 'lines[0].count: expected an integer from 1 to 2147483647, got 0'),
          refused('b14', 400, 'total_price: "900.005" has more decimals than RUB allows (2)'),
          refused('b15', 400, 'custom_fields.gift: expected true or false, got "perhaps"'),
          refused(
            'b16',
            400,
            'create_time: expected a time such as "2025-03-01T08:00:00Z", "2025-03-01" or ' +
              '"2025-03-01 08:00:00", got "yesterday"',
          ),
          refused('b17', 400, 'field_name: "shoe": the profile database has no such field'),
          refused('b18', 400, 'total_price: "0.5" has more decimals than JPY allows (0)'),
          withId('good'),
        ],
      },
      afterwards: async (world) => {
        const { rows } = await world.backend.pool.query(
          `select from market.orders where external_id ~ '^b\\d'`,
        );
        expect(rows).toEqual([]);
      },
    },
    'a touchpoint whose profiles the token may not see': {
      request: { token: 'market-two', data: [order({ external_id: 'foreign' })] },
      answers: { result: [refused('foreign', 403, 'API token may not access profile database 1')] },
    },

    'a status that activates the points of a confirmed order': {
      program: statusProgram,
      given: async (world) => ({ data: [importedOrder(await counted(world), 'delivered')] }),
      answers: (_, { data }) => ({ result: [withId(String((data as Json[])[0]?.external_id))] }),
      afterwards: async (world) => {
        expect(await starsOf(world)).toEqual({ total_balance: '222.00', active_balance: '222.00' });
        const { data } = await world.ask('/loyalty/account/transactions', { points_currency_eid: 'stars' });
        expect((data as Json[]).slice(3)).toMatchObject([
          { transaction_type: 'accrual', amount: '98', activation_date: expect.stringMatching(/Z$/) },
          { transaction_type: 'accrual', amount: '49', activation_date: expect.stringMatching(/Z$/) },
          { transaction_type: 'accrual', amount: '5', source_type: 'tier_group', source_sid: 'high' },
        ]);
        const { rows } = await world.backend.pool.query(
          `select count(*)::int as activated from feed.events e join ledger.accounts a using (account_id)
           join ledger.members m on m.member_id = a.member_id
           where e.type = 'loyalty_points_activated' and m.profile_id = $1`,
          [world.person.profile_id],
        );
        expect(rows).toEqual([{ activated: 4 }]);
      },
    },
    'a status that takes the points of a confirmed order back, and gives back those it was paid with': {
      program: statusProgram,
      given: async (world) => ({ data: [importedOrder(await counted(world), 'canceled')] }),
      answers: (_, { data }) => ({ result: [withId(String((data as Json[])[0]?.external_id))] }),
      afterwards: async (world) => {
        expect(await starsOf(world)).toEqual({ total_balance: '100.00', active_balance: '100.00' });
      },
    },
    'lines that take back their points': {
      program: statusProgram,
      given: async (world) => ({
        data: [importedOrder(await counted(world), 'paid', 'canceled', 'delivered')],
      }),
      answers: (_, { data }) => ({ result: [withId(String((data as Json[])[0]?.external_id))] }),
      afterwards: async (world) => {
        expect(await starsOf(world)).toEqual({ total_balance: '139.00', active_balance: '90.00' });
      },
    },

    'no data': { request: { data: undefined }, refuses: 'bad_request', text: 'data: is required' },
    'a line status that is there with another type': {
      request: { custom_line_statuses: [{ external_id: 'new', name: 'New', type: 'canceled' }] },
      refuses: 'bad_request',
      text: 'custom_line_statuses[0].type: expected "in_process", which the status is, got "canceled"',
    },
    ...importedFieldCases,
    ...scopeCase,
  },
  { data: [order({ external_id: 'usual' })] },
);
