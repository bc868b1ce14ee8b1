import { uuidv7 } from 'uuidv7';
import { transactionExports } from '../../src/contract/exports';
import { currencyCases, programCases } from '../support/common-cases';
import { fetchExport, rowsOf } from '../support/exports';
import { post, timeOut } from '../support/settling-cases';
import { type Case, type Member, specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const usual = {
  points_currency_eid: 'stars',
  date_from: '2020-01-01T00:00:00Z',
  date_to: '2020-12-31T23:59:59Z',
};
const task = { data: { task_id: expect.stringMatching(/^task_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) } };
const plain = { answers: task };

type Rows = Record<string, string>[];

let years = 1000;

/** A case whose postings have a year of their own, and what must be in the file of this year. */
function ofItsYear(
  postings: (world: World, at: (rest: string) => string) => Promise<Json | undefined>,
  check: (rows: Rows, world: World) => Promise<void> | void,
): Case {
  return {
    async given(world) {
      years += 1;
      const at = (rest: string) => `${years}-${rest}`;
      const dates = { date_from: at('01-01T00:00:00Z'), date_to: at('12-31T23:59:59Z') };
      return { ...dates, ...(await postings(world, at)) };
    },
    answers: task,
    async afterwards(world, _, answer) {
      const text = await fetchExport(world.url, (answer.data as Json).task_id);
      await check(rowsOf(text), world);
    },
  };
}

const amounts = (rows: Rows) => rows.map(({ amount }) => amount);

/** A row of the history as the file is to have it. */
function asCsv(row: Json, profile_id: string) {
  const cells = Object.entries({ temp_state: null, ...row }).map(([name, value]) => {
    if (name === 'custom_json') return [name, value];
    return [name, value === null ? '' : String(value)];
  });
  return { ...Object.fromEntries(cells), profile_id };
}

async function historyOf({ ask, person }: Member): Promise<unknown[]> {
  const { data } = await ask('/loyalty/account/transactions', { points_currency_eid: 'stars', limit: 100 });
  return (data as Json[]).map((row) => asCsv(row, person.profile_id));
}

function readJson(row: Record<string, string>) {
  return { ...row, custom_json: row.custom_json ? JSON.parse(row.custom_json) : null };
}

const contents: Record<string, Case> = {
  'nothing in the period: a header alone': ofItsYear(
    async () => ({}),
    (rows) => expect(rows).toEqual([]),
  ),
  'the very rows of the history, with the profile': ofItsYear(
    async (world, at) => {
      await post(world, 'accrue', {
        amount: '100.10',
        promotion_id: 'gift',
        transaction_eid: `pos-${world.person.crm_id}-${world.format}`,
        created_at: at('03-01T08:00:00.500Z'),
        activation_date: '2024-02-01T00:00:00Z',
        expiration_date: '2999-02-01T00:00:00Z',
        external_data: { till: 3, note: '<&> "quoted", and\nmore\r\n' },
      });
      const created_at = at('04-01T00:00:00Z');
      const open = { created_at, is_temp: true, amount: '5' };
      await post(world, 'redeem', open);
      const committed = await post(world, 'redeem', open);
      await world.ask('/loyalty/commit_transaction', { transaction_id: committed });
      await world.ask('/loyalty/cancel_transaction', { transaction_id: await post(world, 'redeem', open) });
      await world.ask('/loyalty/rollback_transaction', { transaction_id: await post(world, 'redeem', open) });
      await timeOut(world, await post(world, 'redeem', open));
      const accrued = await post(world, 'accrue', open);
      await world.ask('/loyalty/commit_transaction', { transaction_id: accrued });
      await post(world, 'accrue', open);
      const spent = await post(world, 'redeem', { created_at, amount: '1' });
      await world.ask('/loyalty/cancel_transaction', { transaction_id: spent });
      return { date_to: '2999-12-31T23:59:59Z' };
    },
    async (rows, world) => {
      const own = rows.filter(({ profile_id }) => profile_id === world.person.profile_id);
      expect(own).toHaveLength(10);
      expect(own.map(readJson)).toEqual(await historyOf(world));
    },
  ),
  'many members, one after the other, each in the order of posting': ofItsYear(
    async (world, at) => {
      const other = await world.another();
      for (const [member, amount] of [
        [world, '1'],
        [other, '2'],
        [world, '3'],
        [other, '4'],
      ] as const) {
        await post(member, 'accrue', { amount, created_at: at(`0${9 - Number(amount)}-01T00:00:00Z`) });
      }
      return {};
    },
    (rows) => expect(amounts(rows)).toEqual(['1', '3', '2', '4']),
  ),
  'members who have left': ofItsYear(
    async (world, at) => {
      await post(world, 'accrue', { amount: '5', created_at: at('01-01T00:00:00Z') });
      await world.ask('/loyalty/delete_member');
      return {};
    },
    (rows, { person }) => expect(rows).toMatchObject([{ amount: '5', profile_id: person.profile_id }]),
  ),
  'both ends included': ofItsYear(
    async (world, at) => {
      for (const [amount, time] of Object.entries({
        1: '02-28T23:59:59.999Z',
        2: '03-01T00:00:00Z',
        3: '03-31T23:59:59Z',
        4: '03-31T23:59:59.001Z',
      })) {
        await post(world, 'accrue', { amount, created_at: at(time) });
      }
      return { date_from: at('03-01T00:00:00Z'), date_to: at('03-31T23:59:59Z') };
    },
    (rows) => expect(amounts(rows)).toEqual(['2', '3']),
  ),
  'another currency stays out': ofItsYear(
    async (world, at) => {
      const created_at = at('01-01T00:00:00Z');
      await post(world, 'accrue', { amount: '1', created_at });
      await post(world, 'accrue', { amount: '2', created_at, points_currency_eid: 'status' });
      return { points_currency_eid: 'status' };
    },
    (rows) => expect(amounts(rows)).toEqual(['2']),
  ),
  'text that would be a formula in a spreadsheet': ofItsYear(
    async (world, at) => {
      const transaction_eid = `=cmd|'/c calc'!A1 ${uuidv7()}`;
      const created_at = at('01-01T00:00:00Z');
      await post(world, 'accrue', { amount: '5', created_at, transaction_eid });
      return {};
    },
    (rows) => expect(rows).toMatchObject([{ transaction_eid: expect.stringMatching(/^'=cmd\|/) }]),
  ),
  'from_id: what follows it in the file, of this member and of later ones': ofItsYear(
    async (world, at) => {
      const created_at = at('01-01T00:00:00Z');
      const other = await world.another();
      await post(world, 'accrue', { amount: '1', created_at });
      const from_id = await post(world, 'accrue', { amount: '2', created_at });
      await post(other, 'accrue', { amount: '3', created_at });
      await post(world, 'accrue', { amount: '4', created_at });
      return { from_id };
    },
    (rows) => expect(amounts(rows)).toEqual(['4', '3']),
  ),
  'from_id: a transaction that is not of the period': ofItsYear(
    async (world, at) => {
      const from_id = await post(world, 'accrue', { amount: '1', created_at: '2019-01-01T00:00:00Z' });
      await post(world, 'accrue', { amount: '2', created_at: at('01-01T00:00:00Z') });
      return { from_id };
    },
    (rows) => expect(amounts(rows)).toEqual(['2']),
  ),
};

const fields: Record<string, Case> = {
  'a from_id nobody knows': {
    request: { from_id: '0195c0de-1111-7abc-8def-001122334455' },
    refuses: 'from_id_not_exported',
    text: 'from_id: "0195c0de-1111-7abc-8def-001122334455" is not a transaction of points currency "stars"',
  },
  'a from_id of another currency': {
    given: async (world) => ({
      from_id: await post(world, 'accrue', { amount: '5', points_currency_eid: 'status' }),
    }),
    refuses: 'from_id_not_exported',
    text: /^from_id: "[\w-]+" is not a transaction of points currency "stars"$/,
  },
  'a from_id that cannot be one': {
    request: { from_id: 'last' },
    refuses: 'from_id_not_exported',
    text: 'from_id: "last" is not a transaction of points currency "stars"',
  },
  ...Object.fromEntries(
    ['date_from', 'date_to'].flatMap((field): [string, Case][] => [
      [
        `no ${field}`,
        { request: { [field]: undefined }, refuses: 'bad_request', text: `${field}: is required` },
      ],
      [
        `a ${field} that is none`,
        {
          request: { [field]: '2020-02-30' },
          refuses: 'bad_request',
          text: `${field}: expected an RFC 3339 time such as "2025-03-01T08:00:00Z", got "2020-02-30"`,
        },
      ],
    ]),
  ),
  'a period that ends before it begins': {
    request: { date_to: '2019-12-31T23:59:59Z' },
    refuses: 'bad_request',
    text: 'date_to: expected a time not before date_from 2020-01-01T00:00:00Z, got 2019-12-31T23:59:59Z',
  },
  'no currency': {
    request: { points_currency_eid: undefined },
    refuses: 'bad_request',
    text: 'points_currency_eid: is required, or points_currency_iid',
  },
};

specify(
  transactionExports.start,
  {
    ...contents,
    ...fields,
    'a token that may only read': { ...plain, request: { token: 'reader' } },
    'a token for other things': {
      request: { token: 'stranger' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_read"',
    },
    'a program that is switched off': { ...plain, program: 2, request: { points_currency_eid: 'old' } },
    'keys nobody knows': { ...plain, request: { matching: 'email', limit: 1 } },
    ...programCases,
    ...currencyCases(plain),
  },
  usual,
);
