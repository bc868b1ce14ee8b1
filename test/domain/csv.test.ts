import fc from 'fast-check';
import { blankColumns, CrlfRecords } from '../../src/domain/csv';

/** CSV as Postgres writes it, every field in quotes. */
function asPostgresWrites(records: readonly string[][]): string {
  const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;
  return records.map((fields) => `${fields.map(quoted).join(',')}\n`).join('');
}

function convert(text: string, cut: number): { text: string; records: number } {
  const bytes = Buffer.from(text);
  const crlf = new CrlfRecords();
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += cut) chunks.push(crlf.convert(bytes.subarray(at, at + cut)));
  return { text: Buffer.concat(chunks).toString(), records: crlf.records };
}

test('records end with CR LF; line feeds inside quotes stay', () => {
  expect(convert('a,b\n"c\n""d",e\n', 100)).toEqual({ text: 'a,b\r\n"c\n""d",e\r\n', records: 2 });
});

test('wherever the text is cut', () => {
  const field = fc.string({ unit: fc.constantFrom('"', '\n', '\r', ',', 'a', 'é') });
  const records = fc.array(fc.array(field, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 7 }), (given, cut) => {
      const expected = given.map((fields) => asPostgresWrites([fields]).replace(/\n$/, '\r\n')).join('');
      expect(convert(asPostgresWrites(given), cut)).toEqual({ text: expected, records: given.length });
    }),
  );
});

const columns = ['id', 'note', 'who'];

async function blanked(text: string, cut: number): Promise<string> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
  }
  const where = { column: 'who', values: new Set(['ann', 'eve']) };
  const parts: Uint8Array[] = [];
  for await (const part of blankColumns(chunks(), columns, where, { note: '""' })) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('the columns of some are blanked, and nothing else changes', async () => {
  const text = 'id,note,who\r\n1,"a, ""ann""\r\n,",ann\r\n2,plain,bob\r\n"3",,"x"\r\n4,é,eve\r\n';
  const expected = 'id,note,who\r\n1,"",ann\r\n2,plain,bob\r\n"3",,"x"\r\n4,"",eve\r\n';
  for (const cut of [1, 2, 7, 100]) expect(await blanked(text, cut)).toBe(expected);
  expect(await blanked('', 1)).toBe('');
});

test('where nobody is meant, every byte stays', async () => {
  const field = fc.string({ unit: fc.constantFrom('"', '\n', '\r', ',', 'a', 'é') });
  const records = fc.array(fc.tuple(field, field, field), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 1, max: 7 }), async (given, cut) => {
      const text = given.map((fields) => asPostgresWrites([fields]).replace(/\n$/, '\r\n')).join('');
      expect(await blanked(text, cut)).toBe(text);
    }),
  );
});
