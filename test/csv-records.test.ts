import { NoCsv, readCsv } from '../activities/csv-records';

async function recordsOf(text: string | Uint8Array, size = 5): Promise<string[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const records: string[] = [];
  for await (const { line, fields } of readCsv(chunks())) records.push(`${line}: ${fields.join('|')}`);
  return records;
}

test.each([
  ['commas', 'a,b\n1,2\n', ['1: a|b', '2: 1|2']],
  ['semicolons', 'a;b\n1,5;2\n', ['1: a|b', '2: 1,5|2']],
  ['tabs', 'a\tb\n1\t2\n', ['1: a|b', '2: 1|2']],
  ['a delimiter inside quotes does not count', '"a;;;;",b\n1,2\n', ['1: a;;;;|b', '2: 1|2']],
  ['CR LF, and no line end at the end', 'a,b\r\n1,2', ['1: a|b', '2: 1|2']],
  ['CR alone', 'a,b\r1,2\r', ['1: a|b', '2: 1|2']],
  ['a byte order mark', '\ufeffa,b\n1,2\n', ['1: a|b', '2: 1|2']],
  [
    'quotes, doubled ones, delimiters and line ends in them',
    'a,b\r\n"x ""y"", z","1\r\n2"\r\n3,4\r\n',
    ['1: a|b', '2: x "y", z|1\r\n2', '4: 3|4'],
  ],
  ['empty lines are left out and counted', '\n\na,b\n\n1,2\n\n\n3,4\n', ['3: a|b', '5: 1|2', '8: 3|4']],
  ['too many and too few fields', 'a,b\n1\n1,2,3\n', ['1: a|b', '2: 1', '3: 1|2|3']],
  ['one column', 'a\n1\n', ['1: a', '2: 1']],
  ['letters of more than one byte', 'ä,€\n😀,é\n', ['1: ä|€', '2: 😀|é']],
  ['nothing', '', []],
  ['nothing but lines', '\r\n\r\n', []],
])('%s', async (_, text, records) => {
  expect(await recordsOf(text)).toEqual(records);
  expect(await recordsOf(text, 1)).toEqual(records);
  expect(await recordsOf(text, 1000)).toEqual(records);
});

test.each([
  ['a quote that is never closed', 'a,b\n1,2\n"1,2\n3,4\n', 'line 3: a quote is opened and never closed'],
  ['a quote inside a field', 'a,b\n1,2\n1,x"y\n', 'line 3: expected quotes around a whole field'],
  ['text behind a quote', 'a,b\n"1"2,3\n', 'line 2: expected quotes around a whole field'],
  [
    'a line that is too long',
    `a,b\n1,2\n${'x'.repeat(200_000)},2\n`,
    'line 3: expected a record of at most 131072',
  ],
  [
    'quoted text that is too long',
    `a,b\n1,"${'x\n'.repeat(100_000)}"`,
    'line 2: expected a record of at most',
  ],
  ['a first line that is too long', 'x'.repeat(300_000), 'line 1: expected a record of at most 131072 bytes'],
])('%s is refused with its line', async (_, text, problem) => {
  await expect(recordsOf(text, 1000)).rejects.toThrow(NoCsv);
  await expect(recordsOf(text, 1000)).rejects.toThrow(problem);
});

test.each([
  ['Latin-1', Buffer.from('a,b\nJosé,1\n', 'latin1')],
  ['UTF-16', Buffer.from('\ufeffa,b\nx,1\n', 'utf16le')],
])('%s is refused', async (_, bytes) => {
  await expect(recordsOf(bytes)).rejects.toThrow(/expected text in UTF-8$/);
});

test('what fails in reading the file is no fault of the file', async () => {
  async function* broken(): AsyncIterable<Uint8Array> {
    yield Buffer.from('a,b\n1,2\n');
    throw new RangeError('gone');
  }
  const read = async () => {
    for await (const _ of readCsv(broken()));
  };
  await expect(read()).rejects.toThrow(RangeError);
});
