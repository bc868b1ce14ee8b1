import { Readable } from 'node:stream';
import { parse } from 'csv-parse';

/** A record of a CSV file: the line it begins on, from 1, and its fields. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

/** Thrown for a file that is no CSV. */
export class NoCsv extends Error {
  override readonly name = 'NoCsv';
}

/** Longest record; without a bound, a quote that is never closed would be read into memory. */
const maxRecordBytes = 131_072;

const delimiters = [',', ';', '\t'];

/**
 * Reads CSV in UTF-8, with a byte order mark or without, lines ending as they like; fields are separated by
 * what the first line has most of: comma, semicolon or tab. Empty lines are left out. Throws NoCsv.
 */
export async function* readCsv(content: AsyncIterable<Uint8Array>): AsyncIterable<CsvRecord> {
  const chunks = decode(content)[Symbol.asyncIterator]();
  const first = await untilLineEnd(chunks);
  const position = { line: 1, emptyLines: 0 };
  const lines: number[] = [];
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(first),
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxRecordBytes,
    on_record: (fields, { empty_lines }) => {
      const line = position.line + empty_lines - position.emptyLines;
      position.line = line + 1 + fields.reduce((sum, field) => sum + breaksIn(field), 0);
      position.emptyLines = empty_lines;
      lines.push(line);
      return fields;
    },
  });
  const source = Readable.from(joined(first, chunks), { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const fields of source.pipe(parser)) yield { line: lines.shift() ?? 0, fields };
  } catch (error) {
    throw isCsvError(error) ? new NoCsv(`line ${position.line}: ${explain(error.code)}`) : error;
  } finally {
    source.destroy();
  }
}

async function* decode(content: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  const read = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new NoCsv(`line ${line} or one of the next: expected text in UTF-8`);
    }
  };
  for await (const chunk of content) {
    const text = read(chunk);
    yield text;
    line += text.split('\n').length - 1;
  }
  yield read();
}

async function untilLineEnd(chunks: AsyncIterator<string>): Promise<string> {
  let text = '';
  while (!/[\r\n]/.test(text) && text.length <= maxRecordBytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    text += value;
  }
  return text;
}

async function* joined(first: string, rest: AsyncIterator<string>): AsyncIterable<string> {
  yield first;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}

function delimiterOf(text: string): string {
  const [line = ''] = text.split(/[\r\n]/);
  const unquoted = line.replace(/"[^"]*"/g, '');
  const counts = delimiters.map((delimiter) => unquoted.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

function breaksIn(field: string): number {
  return field.includes('\n') || field.includes('\r') ? field.split(/\r\n|\r|\n/).length - 1 : 0;
}

type CsvError = Error & { code: string };

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && /^(CSV|INVALID)_/.test(String(error.code));
}

function explain(code: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return `expected a record of at most ${maxRecordBytes} bytes`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed';
  return 'expected quotes around a whole field, and doubled inside it';
}
