import fc from 'fast-check';
import { CrlfRecords } from '../../src/domain/csv';

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
