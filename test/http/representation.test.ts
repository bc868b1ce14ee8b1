import fc from 'fast-check';
import type { z } from 'zod';
import { type Endpoint, restFamilies } from '../../src/contract/endpoint';
import {
  flag,
  freeFields,
  integer,
  jsonObject,
  type LeafKind,
  leaves,
  list,
  object,
  optional,
  text,
} from '../../src/contract/fields';
import { subjects } from '../../src/contract/index';
import { shapeOf } from '../../src/contract/shape';
import { NumberText } from '../../src/contract/values';
import { type Format, readBody, writeBody } from '../../src/http/representation';

const document = object({
  name: optional(text(100)),
  note: text(100, { min: 0 }),
  count: optional(integer()),
  is_on: optional(flag()),
  json: optional(jsonObject()),
  free: optional(freeFields()),
  lines: optional(list(object({ id: integer(), tags: optional(list(text(10))) }))),
});

function keysOf(schema: z.ZodType) {
  const shape = shapeOf(schema);
  if (shape.kind !== 'object') throw new Error('not an object');
  return shape.keys;
}

const keys = keysOf(document);
const maxBytes = 1_048_576;

const read = (text: string, format: Format = 'xml') =>
  readBody(Buffer.from(text), format, { keys, maxBytes });
const inXml = (content: string) => read(`<xml>${content}</xml>`);

describe('XML in', () => {
  it.each([
    ['text stays text', '<name>007</name>', { name: '007' }],
    ['spaces in text stay', '<name> a\n b </name>', { name: ' a\n b ' }],
    ['CDATA is text', '<name>a<![CDATA[<b>&amp;]]>c</name>', { name: 'a<b>&amp;c' }],
    ['comments are nothing', '<name>a<!-- x -->b</name><!-- y -->', { name: 'ab' }],
    ['the five entities', '<name>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</name>', { name: '<>&"\'AB' }],
    [
      'numbers and flags are what they are',
      '<count>12</count><is_on>true</is_on>',
      { count: 12, is_on: true },
    ],
    ['or stay text', '<count>007</count><is_on>yes</is_on>', { count: '007', is_on: 'yes' }],
    [
      'an empty element is nothing',
      '<name/><count></count><free/><json/>',
      { name: null, count: null, free: null, json: null },
    ],
    ['or empty text, where that may be', '<note/>', { note: '' }],
    ['one element is a list if the contract says so', '<lines><id>1</id></lines>', { lines: [{ id: 1 }] }],
    [
      'so are two',
      '<lines><id>1</id></lines><name>x</name><lines><id>2</id></lines>',
      { lines: [{ id: 1 }, { id: 2 }], name: 'x' },
    ],
    ['an empty element is an empty list', '<lines/>', { lines: [] }],
    ['an inner list', '<lines><id>1</id><tags>a</tags></lines>', { lines: [{ id: 1, tags: ['a'] }] }],
    ['attributes do not count', '<name a="1" xmlns:b="x" b:c="2">x</name>', { name: 'x' }],
    ['unknown elements do not count', '<what><ever/></what><name>x</name>', { name: 'x' }],
    ['spaces between elements do not count', '\n <name>x</name>\n', { name: 'x' }],
    ['JSON as text', '<json>{"a":[1,0.5]}</json>', { json: { a: [1, new NumberText('0.5')] } }],
    [
      'JSON as elements',
      '<json><a>1</a><b><c>x</c><c>y</c></b></json>',
      { json: { a: '1', b: { c: ['x', 'y'] } } },
    ],
    ['text that is no JSON stays', '<json>{a</json>', { json: '{a' }],
    [
      'free fields',
      "<free><a>1</a><b array='true'>x</b><c/></free>",
      { free: { a: '1', b: ['x'], c: null } },
    ],
    ['an object where text is wanted', '<name><a/></name>', { name: { a: null } }],
    ['text where an object is wanted', '<lines>x</lines>', { lines: ['x'] }],
  ])('%s', (_, content, expected) => {
    expect(inXml(content)).toEqual(expected);
  });

  it('may have a declaration and a byte order mark', () => {
    expect(read('\uFEFF<?xml version="1.0" encoding="utf-8"?>\n<xml><name>ü</name></xml>\n')).toEqual({
      name: 'ü',
    });
  });

  const bomb = '<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><name>&b;</name></xml>';
  const outside = '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>';

  it.each([
    ['a DOCTYPE', outside, 'a DOCTYPE is not allowed'],
    ['a billion laughs', bomb, 'a DOCTYPE is not allowed'],
    ['an entity of its own', '<xml><name>&secret;</name></xml>', 'undefined entity'],
    ['a processing instruction', '<xml><?php x ?></xml>', 'processing instructions are not allowed'],
    [
      'another encoding',
      '<?xml version="1.0" encoding="latin1"?><xml/>',
      'expected encoding UTF-8, got latin1',
    ],
    ['another root', '<data/>', 'expected the root element <xml>'],
    ['two roots', '<xml/><xml/>', 'documents may contain only one root'],
    ['nothing but text', 'xml', 'text data outside of root node'],
    ['an open element', '<xml><name>', 'unclosed tag: name'],
    ['crossed elements', '<xml><a><b></a></b></xml>', 'unexpected close tag'],
    ['a character that XML cannot hold', '<xml><name>\u0001</name></xml>', 'disallowed character'],
    ['a reference to one', '<xml><name>&#0;</name></xml>', 'malformed character entity'],
    ['an attribute twice', '<xml a="1" a="2"/>', 'duplicate attribute: a'],
    ['text beside elements', '<xml>text<name>x</name></xml>', '<xml> holds text beside elements'],
    ['text beside inner elements', '<xml><free>text<a/></free></xml>', '<free> holds text beside elements'],
    ['an element that is repeated', '<xml><name>a</name><name>b</name></xml>', '<name> is repeated in <xml>'],
    ['33 levels', `<xml>${'<a>'.repeat(32)}${'</a>'.repeat(32)}</xml>`, 'expected at most 32 levels'],
    ['too many elements', `<xml>${'<a/>'.repeat(60_000)}</xml>`, 'elements'],
  ])('is refused with %s', (_, body, problem) => {
    expect(() => read(body)).toThrow(`malformed XML: `);
    expect(() => read(body)).toThrow(problem);
  });

  it('may have 32 levels', () => {
    expect(read(`<xml>${'<a>'.repeat(31)}${'</a>'.repeat(31)}</xml>`)).toEqual({});
  });
});

describe('JSON in', () => {
  it('keeps numbers as they were written unless a float holds them', () => {
    const body = read('{"a":7,"b":-12,"c":1.50,"d":1e3,"e":12345678901234567890,"f":-0}', 'json');
    expect(body).toEqual({
      a: 7,
      b: -12,
      c: new NumberText('1.50'),
      d: new NumberText('1e3'),
      e: new NumberText('12345678901234567890'),
      f: new NumberText('-0'),
    });
  });

  it('keeps a key __proto__ a key', () => {
    const body = read('{"__proto__":{"polluted":true}}', 'json');
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(Object.keys(body)).toEqual(['__proto__']);
  });
});

describe('XML out', () => {
  const write = (value: object) =>
    writeBody(value, 'xml', keys).replace('<?xml version="1.0" encoding="UTF-8"?>\n', '');

  it.each([
    ['null is an empty element', { name: null }, '<xml><name/></xml>'],
    ['what is absent is absent', { name: undefined }, '<xml></xml>'],
    [
      'a list repeats its element',
      { lines: [{ id: 1 }, { id: 2 }] },
      '<xml><lines><id>1</id></lines><lines><id>2</id></lines></xml>',
    ],
    ['an empty list is an empty element', { lines: [] }, '<xml><lines/></xml>'],
    ['flags are words', { is_on: true }, '<xml><is_on>true</is_on></xml>'],
    ['JSON is text', { json: { a: '<' } }, '<xml><json>{"a":"&lt;"}</json></xml>'],
    [
      'free fields are elements',
      { free: { a: 1, b: ['x', 'y'] } },
      '<xml><free><a>1</a><b>x</b><b>y</b></free></xml>',
    ],
    [
      'keys that are no names become some',
      { free: { '1 b': 1, 'a>': 2 } },
      '<xml><free><_1_b>1</_1_b><_a_>2</_a_></free></xml>',
    ],
    ['markup is escaped', { name: ']]><&"\'\r\n' }, '<xml><name>]]&gt;&lt;&amp;"\'&#xD;\n</name></xml>'],
    [
      'what XML cannot hold is replaced',
      { name: 'a\0\u001f\ud800\uffff😀' },
      '<xml><name>a\ufffd\ufffd\ufffd\ufffd😀</name></xml>',
    ],
  ])('%s', (_, value, expected) => {
    expect(write(value)).toBe(expected);
  });
});

/** Any value the schema's JSON Schema and builders allow in an answer. */
function anyOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const leaf = leaves.get(schema);
  if (leaf) return anyLeaf(leaf.kind, leaf.schema);
  const { def } = (schema as unknown as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      const entries = Object.entries(def.shape).map(([key, field]) => [key, field as z.ZodType] as const);
      const isOmittable = (field: z.ZodType) => field.type === 'optional';
      return fc.record(Object.fromEntries(entries.map(([key, field]) => [key, anyOf(field)])), {
        requiredKeys: entries.filter(([, field]) => !isOmittable(field)).map(([key]) => key),
      });
    }
    case 'array':
      return fc.array(anyOf(def.element as z.ZodType), { maxLength: 3 });
    case 'nullable':
      return fc.option(anyOf(def.innerType as z.ZodType));
    case 'optional':
      return anyOf(def.innerType as z.ZodType);
    default:
      throw new Error(`an answer holds a ${def.type}`);
  }
}

// Text that XML can hold: what it cannot is tested above.
const anyText = (minLength: number) =>
  fc
    .string({ unit: 'binary', minLength, maxLength: 20 })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is left out
    .filter((value) => !/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Surrogate}/u.test(value));

function anyLeaf(kind: LeafKind, schema: Record<string, unknown>): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'integer':
      return fc.integer({ min: Number(schema.minimum), max: Number(schema.maximum) });
    case 'flag':
      return fc.boolean();
    case 'json':
      return fc.dictionary(anyText(1), fc.jsonValue(), { maxKeys: 4, noNullPrototype: true });
    case 'free':
      return fc.dictionary(fc.stringMatching(/^[a-zA-Z_]{1,8}$/), anyText(1), {
        minKeys: 1,
        noNullPrototype: true,
      });
    default:
      return schema.type === 'null' ? fc.constant(null) : anyText(schema.minLength === 0 ? 0 : 1);
  }
}

/** As JSON shows it: numbers that came as text are numbers again. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => (inner instanceof NumberText ? Number(inner.text) : inner)),
  );
}

// Management is JSON only.
const everyEndpoint = Object.entries(subjects).flatMap(([subject, endpoints]) =>
  Object.entries<Endpoint>(endpoints)
    .filter(([, { family }]) => !restFamilies.has(family))
    .map(([name, { response }]) => [`${subject}.${name}`, response] as const),
);

describe.each(everyEndpoint)('an answer of %s', (_, response) => {
  const expected = { keys: keysOf(response), maxBytes };

  it.each(['json', 'xml'] as const)('is the same after a journey through %s', (format) => {
    fc.assert(
      fc.property(anyOf(response), (answer) => {
        const bytes = Buffer.from(writeBody(answer as object, format, expected.keys));
        expect(plain(readBody(bytes, format, expected))).toEqual(plain(answer));
      }),
      { numRuns: 50 },
    );
  });
});
