const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Ends the records of CSV text with CR LF, as RFC 4180 wants; line feeds inside quotes stay. Takes the text
 * in chunks cut anywhere, and counts the records.
 */
export class CrlfRecords {
  records = 0;
  #isQuoted = false;

  /** The next chunk, with its record ends put right. */
  convert(chunk: Uint8Array): Uint8Array {
    const ends = this.#findEnds(chunk);
    const result = new Uint8Array(chunk.length + ends.length);
    let from = 0;
    let at = 0;
    for (const end of ends) {
      result.set(chunk.subarray(from, end), at);
      at += end - from;
      result[at++] = carriageReturn;
      from = end;
    }
    result.set(chunk.subarray(from), at);
    this.records += ends.length;
    return result;
  }

  /** A doubled quote inside quotes closes and opens, so counting quotes is enough. */
  #findEnds(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte === quote) this.#isQuoted = !this.#isQuoted;
      else if (byte === lineFeed && !this.#isQuoted) ends.push(index);
    }
    return ends;
  }
}

/**
 * Blanks columns of CSV text (RFC 4180) in the records whose `where.column` is one of the values; all else
 * stays as it is, to the byte. `blanks` says what is written instead.
 */
export async function* blankColumns(
  chunks: AsyncIterable<Uint8Array>,
  columns: readonly string[],
  where: { column: string; values: ReadonlySet<string> },
  blanks: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  const at = columns.indexOf(where.column);
  const blank = (fields: string[]) =>
    where.values.has(fields[at] ?? '')
      ? fields.map((field, index) => blanks[columns[index] ?? ''] ?? field)
      : fields;
  for await (const block of wholeRecords(chunks)) {
    const text = new TextDecoder().decode(block);
    const isConcerned = [...where.values].some((value) => text.includes(value));
    yield isConcerned ? new TextEncoder().encode(eachRecord(text, blank)) : block;
  }
}

/** The same text in chunks that end where a record does. */
async function* wholeRecords(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let rest = new Uint8Array();
  for await (const chunk of chunks) {
    const block = new Uint8Array(rest.length + chunk.length);
    block.set(rest);
    block.set(chunk, rest.length);
    const end = lastRecordEnd(block);
    if (end > 0) yield block.subarray(0, end);
    rest = block.subarray(end);
  }
  if (rest.length > 0) yield rest;
}

function lastRecordEnd(block: Uint8Array): number {
  let isQuoted = false;
  let end = 0;
  for (let index = 0; index < block.length; index += 1) {
    const byte = block[index];
    if (byte === quote) isQuoted = !isQuoted;
    else if (byte === lineFeed && !isQuoted) end = index + 1;
  }
  return end;
}

/** Takes whole records apart into their fields as they are written, quotes and all, and joins them again. */
function eachRecord(text: string, change: (fields: string[]) => string[]): string {
  let result = '';
  let fields: string[] = [];
  for (const [, field = '', end] of text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)) {
    fields.push(field);
    if (end === ',') continue;
    result += `${change(fields).join(',')}\r\n`;
    fields = [];
  }
  return result;
}
