import { SaxesParser } from 'saxes';

export type Json = { [key: string]: unknown };
export type WireFormat = 'json' | 'xml';

/** Text that goes into a request as it is: in JSON a number as somebody wrote it, in XML elements. */
export class Verbatim {
  constructor(readonly text: string) {}
}

/** Sends one request and reads the answer as an object; in XML every value comes as text. */
export async function send(
  url: string,
  format: WireFormat,
  body: Json,
  headers: Record<string, string> = {},
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': `application/${format}`, ...headers },
    body: format === 'json' ? toJson(body) : toXml(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${text}`);
  return (format === 'json' ? JSON.parse(text) : fromXml(text)) as Json;
}

function toJson(body: Json): string {
  const members = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = value instanceof Verbatim ? value.text : JSON.stringify(value);
      return `${JSON.stringify(key)}:${text}`;
    });
  return `{${members.join(',')}}`;
}

/** Keys whose objects travel as JSON text in XML. */
const jsonKeys = new Set(['external_data', 'custom_json']);

/** A request as a client without our code would write it. */
function toXml(body: Json): string {
  return `<xml>${elements(body)}</xml>`;
}

function elements(body: Json): string {
  return Object.entries(body)
    .flatMap(([key, value]) => (Array.isArray(value) ? value.map((item) => [key, item]) : [[key, value]]))
    .map(([key, value]) => `<${key}>${content(key as string, value)}</${key}>`)
    .join('');
}

function content(key: string, value: unknown): string {
  if (value === null) return '';
  if (value instanceof Verbatim) return value.text;
  if (typeof value !== 'object') return escapeText(String(value));
  return jsonKeys.has(key) ? escapeText(JSON.stringify(value)) : elements(value as Json);
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

type XmlElement = { name: string; text: string; children: XmlElement[] };

function fromXml(text: string): Json {
  const root: XmlElement = { name: '', text: '', children: [] };
  const path = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    const element = { name, text: '', children: [] };
    path.at(-1)?.children.push(element);
    path.push(element);
  });
  parser.on('text', (part) => {
    (path.at(-1) as XmlElement).text += part;
  });
  parser.on('closetag', () => path.pop());
  parser.write(text).close();
  const [xml] = root.children;
  if (xml?.name !== 'xml') throw new Error(`The root is ${xml?.name}: ${text}`);
  return readElement(xml) as Json;
}

function readElement({ children, text }: XmlElement): unknown {
  if (children.length === 0) return text;
  const result: Json = {};
  for (const child of children) {
    const value = readElement(child);
    const known = result[child.name];
    result[child.name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return result;
}

/** What an object of JSON is expected to look like after `fromXml`. */
export function asXml(value: unknown, key = ''): unknown {
  if (value === null) return '';
  if (typeof value !== 'object' || '$$typeof' in value) return isMatcher(value) ? value : String(value);
  if (jsonKeys.has(key)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => asXml(item, key));
    return items.length > 1 ? items : (items[0] ?? '');
  }
  const entries = Object.entries(value).map(([name, item]) => [name, asXml(item, name)]);
  return entries.length > 0 ? Object.fromEntries(entries) : '';
}

/** expect.any(String) and its like stand for themselves. */
function isMatcher(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$$typeof' in value;
}
