import { gzipSync } from 'node:zlib';
import {
  checkMapping,
  createOfferReader,
  type FeedOptions,
  type Offer,
  type OfferItem,
} from '../../src/domain/feed';
import type { MarketField, MarketType } from '../../src/domain/market';
import { createFetcher } from '../../src/feeds/fetch';
import { type FeedPart, readYml } from '../../src/feeds/read';
import { unpack } from '../../src/feeds/unpack';
import { tarGz, zipOf } from '../support/archives';

async function* bytes(content: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const all = Buffer.from(content as string);
  for (let start = 0; start < all.length; start += size) yield all.subarray(start, start + size);
}

async function read(content: string | Uint8Array, size?: number): Promise<FeedPart[]> {
  const parts: FeedPart[] = [];
  for await (const document of unpack(bytes(content, size))) {
    for await (const some of readYml(document)) parts.push(...some);
  }
  return parts;
}

const feed = (offers: string, head = '<?xml version="1.0" encoding="UTF-8"?>') =>
  `${head}<!DOCTYPE yml_catalog SYSTEM "shops.dtd"><yml_catalog date="2026-01-01"><shop><name>S</name>` +
  `<categories><category id="1">Phones</category>` +
  `<category id="2" parentId="1">Smart</category></categories>` +
  `<offers>${offers}</offers></shop></yml_catalog>`;
const simple = '<offer id="a"><name>A &amp; B</name><price>10</price></offer>';

const found = [
  { category: { external_id: '1', name: 'Phones', parent_external_id: null } },
  { category: { external_id: '2', name: 'Smart', parent_external_id: '1' } },
  {
    offer: {
      attributes: { id: 'a' },
      elements: { name: ['A & B'], price: ['10'] },
      params: [],
    },
  },
];

describe('what is read', () => {
  test('plain, byte by byte', async () => expect(await read(feed(simple), 1)).toEqual(found));
  test('.gz', async () => expect(await read(gzipSync(feed(simple)))).toEqual(found));
  test('.tar.gz, every feed in it', async () => {
    const archive = await tarGz({ 'a.xml': feed(simple), 'readme.txt': 'x', 'b/c.yml': feed(simple) });
    expect(await read(archive, 100)).toEqual([...found, ...found]);
  });
  test('.zip', async () => {
    const content = Buffer.from(feed(simple));
    expect(await read(zipOf('feed.xml', content), 64)).toEqual(found);
    expect(await read(zipOf('feed.yml', content, { isStored: true }), 64)).toEqual(found);
  });
  test('elements of an offer alone, with the text of what is in them', async () => {
    const inner =
      '<name>A</name><gift><name>B</name></gift><description>One<br/>two <b>three</b></description>';
    const [, , part] = await read(feed(`<offer id="a">${inner}</offer>`));
    expect(part).toMatchObject({
      offer: { elements: { name: ['A'], gift: [' B '], description: ['One  two  three '] } },
    });
  });
  test('elements that are called like what every object has', async () => {
    const [, , part] = await read(
      feed('<offer id="a"><constructor>x</constructor><__proto__>y</__proto__></offer>'),
    );
    const { elements } = (part as { offer: Offer }).offer;
    expect([elements.constructor, Object.getOwnPropertyDescriptor(elements, '__proto__')?.value]).toEqual([
      ['x'],
      ['y'],
    ]);
  });
  test('windows-1251', async () => {
    const text = feed(simple.replace('A &amp; B', 'XYZ'), '<?xml version="1.0" encoding="windows-1251"?>');
    const content = Buffer.from(text, 'latin1')
      .toString('latin1')
      .replace('XYZ', '\xd2\xe5\xeb\xe5\xf4\xee\xed');
    const parts = await read(Buffer.from(content, 'latin1'), 50);
    expect(parts[2]).toMatchObject({ offer: { elements: { name: ['Телефон'] } } });
  });
});

describe('what is refused', () => {
  const entity = `<!DOCTYPE yml_catalog [<!ENTITY a "aaaa">]><yml_catalog/>`;
  test.each([
    ['entities', entity, 'a DOCTYPE with declarations is not allowed'],
    ['entities that were not declared', feed('<offer id="a"><name>&x;</name></offer>'), 'undefined entity'],
    ['another root', '<rss/>', 'expected the root element <yml_catalog>'],
    ['what is cut off', feed(simple).slice(0, -20), 'unclosed tag'],
    ['too many levels', `<yml_catalog>${'<a>'.repeat(40)}`, 'expected at most 32 levels'],
    [
      'text without end',
      feed(`<offer id="a"><name>${'x'.repeat(70_000)}</name></offer>`),
      '65536 characters',
    ],
    ['an attribute without end', `<yml_catalog a="${'x'.repeat(1_200_000)}`, 'characters without a tag'],
    ['an unknown encoding', '<?xml version="1.0" encoding="klingon"?><yml_catalog/>', '"klingon" is unknown'],
    ['another encoding than it says', Buffer.from([0x3c, 0xff, 0xff]), 'not in utf-8, as it says'],
  ])('%s', async (_, content, problem) => {
    await expect(read(content, 65_536)).rejects.toThrow(problem);
  });

  test('a bomb, before it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'x'));
    const unpacking = async () => {
      for await (const document of unpack(bytes(bomb, 65_536))) for await (const _ of document);
    };
    await expect(unpacking()).rejects.toThrow('more than 100 times as large unpacked');
  });
  test('a broken archive', async () => {
    await expect(read(gzipSync(feed(simple)).subarray(0, 60))).rejects.toThrow('the archive cannot be read');
    await expect(read(Buffer.from('PK\x03\x04 nothing'))).rejects.toThrow('the archive cannot be read');
  });
  test('an archive without feeds', async () => {
    await expect(read(await tarGz({ 'a.txt': 'x' }))).rejects.toThrow('no .xml or .yml in it');
  });
  test.each([
    ['http://example.com/feed.yml', 'https is needed'],
    ['https://127.0.0.1/feed.yml', '127.0.0.1 is not a public address'],
    ['https://[::1]/feed.yml', '::1 is not a public address'],
    ['https://localhost/feed.yml', 'is not a public address'],
    ['file:///etc/passwd', 'no URL of http or https'],
  ])('fetching %s', async (url, problem) => {
    await expect(createFetcher(false)(url, new AbortController().signal)).rejects.toThrow(problem);
  });
});

const options: FeedOptions = {
  entity_type: 'product',
  mode: 'add_and_update',
  overwrite_categories: true,
  params: 'store',
};
const offer = (elements: Record<string, string[]>, attributes: Record<string, string> = {}): Offer => ({
  attributes: { id: '158', ...attributes },
  elements,
  params: [
    { name: 'Colour', value: 'red', unit: '' },
    { name: 'Colour', value: 'blue', unit: '' },
    { name: 'Memory', value: '16', unit: 'GB' },
  ],
});
const field = (external_id: string, value_type: MarketType = 'unicode'): [string, MarketField] => [
  external_id,
  {
    ...{ entity_type: 'product', external_id, name: external_id, value_type },
    ...{ required: false, default_value: null, enum_values: null },
  },
];
const fields = {
  product: new Map([field('memory', 'int'), field('article')]),
  sku: new Map([field('size')]),
};
const readOffer = (one: Offer, how: FeedOptions) => createOfferReader(how, fields)(one);

describe('what an offer means', () => {
  test('a product with everything', () => {
    const full = offer(
      {
        ...{ name: ['Phone'], price: ['10.50'], oldprice: ['12,00'], currencyId: ['RUR'], categoryId: ['2'] },
        ...{
          vendor: ['Maker'],
          url: ['https://x'],
          picture: ['https://p'],
          delivery: ['true'],
          count: ['3'],
        },
        ...{ expiry: ['P2Y'], barcode: ['4606453849072'], manufacturer_warranty: ['false'] },
      },
      { available: 'false' },
    );
    expect(readOffer(full, options)).toEqual({
      keepsProduct: false,
      skus: [],
      product: {
        external_id: '158',
        name: 'Phone',
        manufacturer_name: 'Maker',
        categories: ['2'],
        price: '10.5',
        old_price: '12',
        currency: 'RUB',
        description: undefined,
        url: 'https://x',
        pictures: ['https://p'],
        count: 3,
        expiration_time: '730',
        is_available: false,
        delivery: true,
        barcode: [4606453849072],
        manufacturer_warranty: false,
        custom_fields: { Colour: 'red, blue', Memory: '16 GB' },
      },
    });
  });

  test('one of a group is an SKU of a product that is made if it is new', () => {
    const grouped = offer({ vendor: ['Maker'], model: ['X'], price: ['1'] }, { group_id: 'g' });
    expect(readOffer(grouped, options)).toMatchObject({
      keepsProduct: true,
      product: { external_id: 'g', name: 'Maker X' },
      skus: [{ external_id: '158', name: 'Maker X', price: '1' }],
    });
    expect(readOffer(grouped, { ...options, entity_type: 'sku' })).toMatchObject({
      product: null,
      skus: [{ external_id: '158', product_external_id: 'g' }],
    });
  });

  test.each([
    [offer({}, { id: ' ' }), 'external_id: is required'],
    [offer({ price: ['free'] }), 'price: expected a decimal number, got "free"'],
    [offer({ oldprice: ['-1'] }), 'old_price: expected a decimal number, got "-1"'],
    [
      offer({ name: ['x'.repeat(1_001)] }),
      `name: expected text of at most 1000 characters, got "${'x'.repeat(60)}"`,
    ],
  ])('what cannot be', (one, problem) => expect(readOffer(one, options)).toBe(problem));

  test('a description is cut, and not inside a character', () => {
    const one = offer({ description: [`${'x'.repeat(999)}😀`] });
    expect(readOffer(one, options)).toMatchObject({ product: { description: 'x'.repeat(999) } });
  });

  test.each<[string, string[], object]>([
    ['barcode', ['4606453849072, 4606453849089', '12'], { barcode: [4606453849072, 4606453849089, 12] }],
    ['barcode', ['none'], {}],
    ['manufacturer_warranty', ['P1Y'], { manufacturer_warranty: true }],
    ['expiry', ['soon'], {}],
    ['count', ['many'], {}],
  ])('%s %j', (name, texts, expected) => {
    const read = readOffer({ ...offer({ [name]: texts }), params: [] }, options);
    const { external_id: _, name: __, custom_fields: ___, ...rest } = { ...(read as OfferItem).product };
    expect(rest).toEqual(expected);
  });
});

describe('a mapping', () => {
  const mapped = (mapping: Record<string, string>, how: Partial<FeedOptions> = {}) => ({
    ...options,
    ...how,
    mapping,
  });
  const one = offer(
    {
      vendorCode: ['A-1'],
      model: ['X'],
      name: ['Long name'],
      keywords: ['new, red', 'new'],
      stock: ['many'],
    },
    { bid: '80', group_id: 'g' },
  );
  const single = { ...one, attributes: { id: '158' } };

  test.each<[string, Offer, FeedOptions, object]>([
    ['elements', single, mapped({ name: 'model', tags: 'keywords' }), { name: 'X', tags: ['new', 'red'] }],
    ['the id', single, mapped({ external_id: 'vendorCode' }), { external_id: 'A-1' }],
    ['what is not there', single, mapped({ name: 'nowhere' }), { name: undefined }],
    ['a number with a unit', single, mapped({ count: 'param.Memory' }), { count: 16 }],
    [
      'a custom field, beside those of other characteristics',
      single,
      mapped({ 'custom_fields.article': 'vendorCode' }),
      { custom_fields: { article: 'A-1', Colour: 'red, blue', Memory: '16 GB' } },
    ],
    [
      'a characteristic, which then is not stored by its own name; a number without its unit',
      single,
      mapped({ 'custom_fields.memory': 'param.Memory' }),
      { custom_fields: { memory: '16', Colour: 'red, blue' } },
    ],
    [
      'a characteristic, where the others are ignored',
      single,
      mapped({ 'custom_fields.article': 'param.Colour' }, { params: 'ignore' }),
      { custom_fields: { article: 'red, blue' } },
    ],
    [
      'a field that a characteristic has the name of',
      single,
      mapped({ 'custom_fields.Colour': 'vendorCode' }),
      { custom_fields: { Colour: 'A-1', Memory: '16 GB' } },
    ],
  ])('from %s', (_, from, how, expected) => {
    expect(readOffer(from, how)).toMatchObject({ product: expected });
  });

  test('of SKUs of products there are', () => {
    const how = mapped(
      { 'custom_fields.size': '@bid', product_external_id: 'model' },
      { entity_type: 'sku', params: 'ignore' },
    );
    expect(readOffer(one, how)).toEqual({
      product: null,
      keepsProduct: true,
      skus: [expect.objectContaining({ product_external_id: 'X', custom_fields: { size: '80' } })],
    });
  });

  test('what does not fit is refused, although it would be left out without a mapping', () => {
    expect(readOffer(one, mapped({ count: 'stock' }))).toBe(
      'count: expected a whole number of at most 9 digits, got "many" in stock',
    );
  });

  test.each<[Record<string, string>, Partial<FeedOptions>, string | null]>([
    [{ colour: 'x' }, {}, 'colour: is no field of goods: expected external_id, product_external_id, name,'],
    [{ 'custom_fields.': 'x' }, {}, 'custom_fields.: is no field of goods'],
    [
      { name: 'the model' },
      {},
      'name: expected an element such as "vendorCode", an attribute such as "@bid"',
    ],
    [{ name: 'param.' }, {}, 'got "param."'],
    [{ name: '@' }, {}, 'got "@"'],
    [{ 'custom_fields.x': 'a' }, {}, 'custom_fields.x: there is no custom field "x" of product'],
    [{ 'custom_fields.x': 'a' }, { params: 'create' }, null],
    [{ 'custom_fields.size': 'param.Размер, см' }, {}, null],
    [{ 'custom_fields.article': 'a' }, { entity_type: 'sku' }, 'no custom field "article" of sku'],
  ])('%j with %j', (mapping, how, problem) => {
    const found = checkMapping(mapped(mapping, how), fields);
    if (problem === null) expect(found).toBeNull();
    else expect(`${found?.target}: ${found?.problem}`).toContain(problem);
  });
});
