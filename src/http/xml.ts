import { SaxesParser } from 'saxes';
import type { Shape } from '../contract/shape';
import { Malformed } from './malformed';
import { readScalar } from './scalar';

interface Element {
  name: string;
  isArray: boolean;
  children: Element[];
  text: string;
}

type Keys = ReadonlyMap<string, Shape>;
type ReadJson = (text: string) => unknown;

const rootName = 'xml';
const maxDepth = 32;

/**
 * Reads a document with root <xml>, guided by the shape of what is expected: elements it does not know are
 * ignored. JSON text inside an element is read by `readJson`. Throws Malformed.
 */
export function readXml(
  document: string,
  { keys, maxElements }: { keys: Keys; maxElements: number },
  readJson: ReadJson,
): Record<string, unknown> {
  const root = parse(document, maxElements);
  checkNoText(root);
  return objectIn(root, keys, readJson);
}

/** Strict: no DOCTYPE, no processing instructions, no entities but XML's own five, bounded depth and size. */
function parse(document: string, maxElements: number): Element {
  const parser = new SaxesParser();
  const top: Element = { name: '', isArray: false, children: [], text: '' };
  const open = [top];
  let count = 0;
  const addText = (text: string) => {
    const element = open[open.length - 1];
    if (element) element.text += text;
  };
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('a DOCTYPE is not allowed'));
  parser.on('processinginstruction', () => refuse('processing instructions are not allowed'));
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding && encoding.toLowerCase() !== 'utf-8') refuse(`expected encoding UTF-8, got ${encoding}`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++count > maxElements) refuse(`expected at most ${maxElements} elements`);
    if (open.length > maxDepth) refuse(`expected at most ${maxDepth} levels`);
    const element = { name, isArray: attributes.array === 'true', children: [], text: '' };
    open[open.length - 1]?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(document).close();

  const root = top.children[0];
  return root?.name === rootName ? root : refuse(`expected the root element <${rootName}>`);
}

function refuse(problem: string): never {
  throw new Malformed(`malformed XML: ${problem}`);
}

function checkNoText({ name, text }: Element): void {
  if (text.trim() !== '') refuse(`<${name}> holds text beside elements`);
}

function valueIn(element: Element, shape: Shape, readJson: ReadJson): unknown {
  if (shape.kind === 'list') return valueIn(element, shape.of, readJson);
  if (element.children.length > 0) {
    checkNoText(element);
    return shape.kind === 'object' ? objectIn(element, shape.keys, readJson) : freeObject(element);
  }
  if (shape.kind === 'object') return element.text.trim() || null;
  if (element.text === '') return shape.empty;
  return shape.kind === 'json' ? jsonIn(element.text, readJson) : readScalar(element.text, shape.kind);
}

function objectIn(element: Element, keys: Keys, readJson: ReadJson): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, elements] of grouped(element.children)) {
    const shape = keys.get(name);
    if (!shape) continue;
    const values = elements.map((child) => valueIn(child, shape, readJson));
    if (shape.kind === 'list') object[name] = values.length === 1 && values[0] === null ? [] : values;
    else if (values.length > 1) refuse(`<${name}> is repeated in <${element.name}>`);
    else object[name] = values[0];
  }
  return object;
}

/** What no schema describes: an element that is repeated or says array='true' is a list, text stays text. */
function freeObject(element: Element): Record<string, unknown> {
  const entries = [...grouped(element.children)].map(([name, elements]) => {
    const values = elements.map(freeValue);
    return [name, values.length > 1 || elements.some(({ isArray }) => isArray) ? values : values[0]];
  });
  return Object.fromEntries(entries);
}

function freeValue(element: Element): unknown {
  if (element.children.length === 0) return element.text === '' ? null : element.text;
  checkNoText(element);
  return freeObject(element);
}

function grouped(elements: readonly Element[]): Map<string, Element[]> {
  const groups = new Map<string, Element[]>();
  for (const element of elements) {
    const group = groups.get(element.name);
    if (group) group.push(element);
    else groups.set(element.name, [element]);
  }
  return groups;
}

/** JSON text as its value; other text stays, so that the field itself says what it expected. */
export function jsonIn(text: string, readJson: ReadJson): unknown {
  try {
    return readJson(text);
  } catch {
    return text;
  }
}

/** Writes an object as a document with root <xml>; `keys` says which objects in it are JSON text. */
export function writeXml(object: object, keys: Keys): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${rootName}>${elementsOf(object, keys)}</${rootName}>`;
}

function elementsOf(object: object, keys: Keys | undefined): string {
  let elements = '';
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) elements += elementsFor(elementName(name), value, keys?.get(name));
  }
  return elements;
}

function elementsFor(name: string, value: unknown, shape: Shape | undefined): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return `<${name}/>`;
  if (Array.isArray(value)) {
    const of = shape?.kind === 'list' ? shape.of : undefined;
    return value.map((item) => elementsFor(name, item, of)).join('');
  }
  return `<${name}>${contentOf(value, shape)}</${name}>`;
}

function contentOf(value: unknown, shape: Shape | undefined): string {
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  if (shape?.kind === 'json') return escaped(JSON.stringify(value));
  return elementsOf(value, shape?.kind === 'object' ? shape.keys : undefined);
}

/** Keys of free objects may be anything; most are names already. */
function elementName(key: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(key) ? key : `_${key.replace(/[^\w.-]/g, '_')}`;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

/** Characters that no XML document can hold become U+FFFD. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const storable = text.replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');
  return storable.replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}
