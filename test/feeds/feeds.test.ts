import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { type FeedOptions, type Offer, readOffer } from '../../src/domain/feed';
import { createFetcher } from '../../src/feeds/fetch';
import { type FeedPart, readYml } from '../../src/feeds/read';
import { unpack } from '../../src/feeds/unpack';

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

async function tarGz(files: Record<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/** A .zip of one stored or deflated file, by hand: nothing here writes one. */
function zipOf(name: string, content: Buffer, deflated?: Buffer): Buffer {
  const { crc32 } = require('node:zlib') as { crc32?: (data: Buffer) => number };
  const data = deflated ?? content;
  const method = deflated ? 8 : 0;
  const crc = crc32 ? crc32(content) : 0;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(method, 8);
  local.writeUInt32LE(crc, 14);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(content.length, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, central, Buffer.from(name), end]);
}

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
    const { deflateRawSync } = await import('node:zlib');
    const content = Buffer.from(feed(simple));
    expect(await read(zipOf('feed.xml', content, deflateRawSync(content)), 64)).toEqual(found);
    expect(await read(zipOf('feed.yml', content), 64)).toEqual(found);
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
    { name: 'Colour', value: 'red' },
    { name: 'Colour', value: 'blue' },
    { name: 'Memory', value: '16 GB' },
  ],
});

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
    [offer({}, { id: ' ' }), 'id: is required'],
    [offer({ price: ['free'] }), 'price: expected a decimal number, got "free"'],
    [offer({ name: ['x'.repeat(1_001)] }), 'name: expected at most 1000 characters'],
  ])('what cannot be', (one, problem) => expect(readOffer(one, options)).toBe(problem));
});
