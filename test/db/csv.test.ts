import { Client } from 'pg';
import { createDatabase } from '../support/database';

let client: Client;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  drop = database.drop;
});
afterAll(async () => {
  await client.end();
  await drop();
});

test.each([
  [null, null],
  ['', ''],
  ['plain', 'plain'],
  ['a=b', 'a=b'],
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
  ['+1+1', "'+1+1"],
  ['-1+1', "'-1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1+1', "'＝1+1"],
  ['\t=1+1', "'\t=1+1"],
  ['\r=1+1', "'\r=1+1"],
  ['\n=1+1', "'\n=1+1"],
  ['-', "'-"],
  ['-5', '-5'],
  ['+5', '+5'],
  ['-5.25', '-5.25'],
  ['-5.', "'-5."],
  ['-5\n=1+1', "'-5\n=1+1"],
  ['+12025550101', '+12025550101'],
])('the text %j is written as %j', async (value, expected) => {
  const { rows } = await client.query('select exports.csv_text($1) as text', [value]);
  expect(rows[0].text).toBe(expected);
});

test.each([
  [null, null],
  ['infinity', null],
  ['2025-02-01T08:00:00Z', '2025-02-01T08:00:00Z'],
  ['2025-02-01T08:00:00.5Z', '2025-02-01T08:00:00.5Z'],
  ['2025-02-01T08:00:00.123456+03:00', '2025-02-01T05:00:00.123456Z'],
  ['0099-12-31T23:59:59Z', '0099-12-31T23:59:59Z'],
])('the time %s is written as %s, whatever the time zone of the session', async (value, expected) => {
  await client.query("set timezone = 'Asia/Kolkata'");
  const { rows } = await client.query('select exports.csv_time($1) as time', [value]);
  expect(rows[0].time).toBe(expected);
});
