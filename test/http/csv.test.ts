import { writeCsv } from '../../src/http/csv';

test.each([
  ['text', 'plain', 'plain'],
  ['nothing', null, ''],
  ['a number', 42, '42'],
  ['an amount', '100.50', '100.50'],
  ['an amount below zero', '-100.50', '-100.50'],
  ['a comma', 'a,b', '"a,b"'],
  ['a quote', 'say "hi"', '"say ""hi"""'],
  ['a line break', 'a\r\nb', '"a\r\nb"'],
  ['a formula', '=1+1', "'=1+1"],
  [
    'a formula with a comma and quotes',
    '=HYPERLINK("http://x.example","y")',
    `"'=HYPERLINK(""http://x.example"",""y"")"`,
  ],
  ['a plus', '+1 800', "'+1 800"],
  ['a minus that is no number', '-1+cmd', "'-1+cmd"],
  ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab', '\t=1', "'\t=1"],
  ['a carriage return', '\r=1', `"'\r=1"`],
  ['a wide equals sign', '＝1', "'＝1"],
])('%s', (_, value, cell) => {
  expect(writeCsv(['key'], [{ key: value }])).toBe(`key\r\n${cell}\r\n`);
});

test('columns come in the order asked for, and every line ends', () => {
  const rows = [
    { a: 1, b: 2 },
    { b: 4, a: 3 },
  ];
  expect(writeCsv(['b', 'a'], rows)).toBe('b,a\r\n2,1\r\n4,3\r\n');
  expect(writeCsv(['b', 'a'], [])).toBe('b,a\r\n');
});
