import { products } from '../../src/contract/goods';
import { done, importedFieldCases, refused, scopeCase } from '../support/market-cases';
import { specify, type World } from '../support/spec';
import { type Json, send } from '../support/wire';

/** Everything that is kept on one product or SKU. */
async function kept({ backend }: World, entity: string, externalId: unknown): Promise<Json> {
  const { rows } = await backend.pool.query(
    `select g.*, price::float8, old_price::float8, to_jsonb(barcode) as barcode,
       (select external_id from market.goods p where p.id = g.product_id) as product
     from market.goods g where entity_type = $1 and external_id = $2 and deleted_at is null`,
    [entity, externalId],
  );
  return rows[0] as Json;
}

const everything = {
  name: 'Phone X',
  price: '1000.50',
  old_price: '1200',
  currency: 'RUB',
  tags: ['new', 'hot'],
  manufacturer_name: 'Maker',
  description: 'A phone & more',
  url: 'https://shop.example.com/x',
  pictures: ['https://shop.example.com/x.png'],
  count: 7,
  expiration_time: '730',
  is_available: true,
  delivery: false,
  barcode: [4606453849072],
  manufacturer_warranty: true,
  custom_fields: { colour: 'red', weight: '0.25' },
  regional_data: [
    { external_id: 'north', price: '1100', currency: 'RUB', count: 3, custom_fields: { colour: 2 } },
    { external_id: 'south', is_available: false },
  ],
  categories: ['phones'],
};

const blankRegion = {
  price: null,
  old_price: null,
  currency: null,
  count: null,
  is_available: null,
  delivery: null,
  custom_fields: {},
};

let items = 0;
const fresh = () => `goods-${++items}`;

specify(
  products.import,
  {
    'a new product with everything': {
      given: async () => ({ data: [{ ...everything, external_id: fresh() }] }),
      answers: (_, sent) => ({ result: [done((sent.data as Json[])[0]?.external_id)] }),
      afterwards: async (world, sent) => {
        expect(await kept(world, 'product', (sent.data as Json[])[0]?.external_id)).toMatchObject({
          ...everything,
          price: 1000.5,
          old_price: 1200,
          custom_fields: { colour: 'red', weight: 0.25 },
          regional_data: {
            north: {
              ...blankRegion,
              price: '1100',
              currency: 'RUB',
              count: 3,
              custom_fields: { colour: 'blue' },
            },
            south: { ...blankRegion, is_available: false },
          },
        });
      },
    },
    'the documented sample: fields, categories, a product with an SKU': {
      request: {
        custom_fields: [
          {
            external_id: 'memory',
            name: 'Memory',
            entity_type: 'sku',
            required: false,
            value_type: 'enum',
            default_value: { small: 1, large: 2 },
          },
        ],
        categories: [
          { external_id: 'c2', name: 'Smart', parent_external_id: 'c1' },
          { external_id: 'c1', name: 'Phones' },
        ],
        data: [
          {
            name: 'Phone X',
            external_id: 'X1',
            price: '1000',
            currency: 'RUB',
            categories: ['c2'],
            sku: [
              {
                name: 'Phone X 64',
                external_id: 'X1-64',
                product_external_id: 'X1',
                price: '900',
                custom_fields: { memory: 'large' },
              },
            ],
          },
        ],
      },
      answers: { result: [done('X1')] },
      afterwards: async (world) => {
        expect(await kept(world, 'sku', 'X1-64')).toMatchObject({
          product: 'X1',
          price: 900,
          custom_fields: { memory: 'large' },
        });
        const { rows } = await world.backend.pool.query(
          `select external_id, path from market.categories where external_id in ('c1', 'c2') order by 1`,
        );
        expect(rows).toEqual([
          { external_id: 'c1', path: ['c1'] },
          { external_id: 'c2', path: ['c2', 'c1'] },
        ]);
      },
    },
    'what is left out stays, null removes, lists replace': {
      given: async ({ url, format }) => {
        const external_id = fresh();
        const first = { token: 't0k', data: [{ ...everything, external_id }] };
        await send(`${url}/api/v1.1/market/products/import`, format, first);
        return {
          data: [
            {
              external_id,
              old_price: null,
              price: '900',
              tags: ['old'],
              custom_fields: { colour: null, weight: 1 },
            },
          ],
        };
      },
      answers: (_, sent) => ({ result: [done((sent.data as Json[])[0]?.external_id)] }),
      afterwards: async (world, sent) => {
        expect(await kept(world, 'product', (sent.data as Json[])[0]?.external_id)).toMatchObject({
          name: 'Phone X',
          price: 900,
          old_price: null,
          tags: ['old'],
          custom_fields: { weight: 1 },
          categories: ['phones'],
          count: 7,
        });
      },
    },
    'an item with product_external_id is an SKU': {
      given: async () => ({ data: [{ external_id: fresh(), product_external_id: 'P1', name: 'Red phone' }] }),
      answers: (_, sent) => ({ result: [done((sent.data as Json[])[0]?.external_id)] }),
      afterwards: async (world, sent) => {
        expect(await kept(world, 'sku', (sent.data as Json[])[0]?.external_id)).toMatchObject({
          product: 'P1',
        });
      },
    },
    'one that is refused does not disturb the others': {
      request: {
        data: [
          { external_id: 'bad-1', name: 'A', price: '-1' },
          { external_id: 'bad-2' },
          { external_id: 'bad-3', name: 'A', currency: 'EUR' },
          { external_id: 'bad-4', name: 'A', price: '1.005', currency: 'RUB' },
          { external_id: 'bad-5', name: 'A', categories: ['phones', 'shoes'] },
          { external_id: 'bad-6', name: 'A', custom_fields: { size: 5 } },
          { external_id: 'bad-7', name: 'A', custom_fields: { colour: 'green' } },
          { external_id: 'bad-8', name: 'A', regional_data: [{ external_id: 'east' }] },
          { external_id: 'bad-9', name: 'A', expiration_time: 'long' },
          { external_id: 'bad-10', product_external_id: 'P9', name: 'A' },
          { external_id: 'bad-11', name: 'A', sku: [{ external_id: 'bad-12', name: 'B', price: 'dear' }] },
          {
            external_id: 'bad-13',
            name: 'A',
            sku: [{ external_id: 'x', name: 'B', product_external_id: 'P1' }],
          },
          { name: 'A' },
          { external_id: 'P2', name: 'Book' },
        ],
      },
      answers: {
        result: [
          refused('bad-1', 400, 'price: expected a decimal string such as "100.50", got "-1"'),
          refused('bad-2', 400, 'name: is required'),
          refused('bad-3', 400, 'currency: there is no currency "EUR"'),
          refused('bad-4', 400, 'price: "1.005" has more decimals than RUB allows (2)'),
          refused('bad-5', 400, 'categories: there is no category "shoes"'),
          refused('bad-6', 400, 'custom_fields.size: there is no such custom field'),
          refused('bad-7', 400, 'custom_fields.colour: expected "red" or "blue", got "green"'),
          refused('bad-8', 400, 'regional_data[0].external_id: there is no region "east"'),
          refused('bad-9', 400, 'expiration_time: expected days such as "730", got "long"'),
          refused('bad-10', 404, 'Product "P9" not found'),
          refused('bad-11', 400, 'sku[0].price: expected a decimal string such as "100.50", got "dear"'),
          refused('bad-13', 400, 'sku[0].product_external_id: expected "bad-13", got "P1"'),
          refused('', 400, 'external_id: is required'),
          done('P2'),
        ],
      },
      afterwards: async (world) => {
        const { rows } = await world.backend.pool.query(
          `select external_id from market.goods where external_id like 'bad-%'`,
        );
        expect(rows).toEqual([]);
      },
    },
    'the same product twice: as if one after the other': {
      given: async () => {
        const external_id = fresh();
        return {
          data: [
            { external_id, name: 'First', count: 1 },
            { external_id, name: 'Second' },
          ],
        };
      },
      answers: (_, sent) => {
        const [{ external_id } = {}] = sent.data as Json[];
        return { result: [done(external_id), done(external_id)] };
      },
      afterwards: async (world, sent) => {
        const [{ external_id } = {}] = sent.data as Json[];
        expect(await kept(world, 'product', external_id)).toMatchObject({ name: 'Second', count: 1 });
      },
    },
    'a list of one': {
      only: 'xml',
      request: {
        data: [{ external_id: 'single', name: 'One', tags: ['only'], barcode: [5], categories: ['books'] }],
      },
      answers: { result: [done('single')] },
      afterwards: async (world) => {
        expect(await kept(world, 'product', 'single')).toMatchObject({ tags: ['only'], barcode: [5] });
      },
    },

    'no data': { request: { data: undefined }, refuses: 'bad_request', text: 'data: is required' },
    'more than 10,000': {
      request: { data: Array.from({ length: 10_001 }, () => ({ external_id: 'a' })) },
      refuses: 'bad_request',
      text: 'data: expected at most 10000 of them, got 10001',
    },
    'a category in one that is not there': {
      request: { categories: [{ external_id: 'lost', name: 'Lost', parent_external_id: 'nowhere' }] },
      refuses: 'bad_request',
      text: 'categories[0].parent_external_id: there is no category "nowhere"',
    },
    'a category inside itself': {
      request: {
        categories: [
          { external_id: 'a', name: 'A', parent_external_id: 'b' },
          { external_id: 'b', name: 'B', parent_external_id: 'a' },
        ],
      },
      refuses: 'bad_request',
      text: 'categories[0].parent_external_id: expected at most 50 levels',
    },
    ...importedFieldCases,
    ...scopeCase,
  },
  { data: [{ external_id: 'usual', name: 'Usual' }] },
);
