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
