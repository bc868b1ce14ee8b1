import { uuidv7 } from 'uuidv7';
import { transactionExports } from '../../src/contract/exports';
import { untilEnded } from '../support/exports';
import { post } from '../support/settling-cases';
import { type Case, specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const start = '/loyalty/transactions_export';
const period = {
  points_currency_eid: 'stars',
  date_from: '1999-01-01T00:00:00Z',
  date_to: '1999-12-31T23:59:59Z',
};

/** An export as its row says it is; the one of program 1 unless told otherwise. */
async function exportThatIs({ backend }: World, columns: Json = {}): Promise<Json> {
  const id = uuidv7();
  const values = { program_id: 1, currency_iid: 1, ...columns };
  const names = Object.keys(values);
  const places = names.map((_, index) => `$${index + 2}`);
  await backend.pool.query(
    `insert into exports.tasks
       (task_id, date_from, date_to, after_account_id, after_seq, requested_at, requested_by, ${names})
     values ($1, '2020-01-01', '2020-12-31', 0, 0, now(), 'till', ${places})`,
    [id, ...Object.values(values)],
  );
  return { task_id: `task_${id}` };
}

const nothing = { rows: 0, rows_total: null, file_url: null, expires_at: null, error_text: null };
const done = { state: 'done', rows_total: 5, expires_at: '2999-01-01T00:00:00Z' };
const status =
  (expected: Json) =>
  (_: unknown, { task_id }: Json) => ({
    data: { task_id, ...nothing, ...expected },
  });
const gone = (_: unknown, { task_id }: Json) => `Export ${task_id} not found`;

const cases: Record<string, Case> = {
  'an export nobody has begun to write': {
    given: (world) => exportThatIs(world),
    answers: status({ status: 'queued' }),
  },
  'an export that is being counted': {
    given: (world) => exportThatIs(world, { state: 'running' }),
    answers: status({ status: 'running' }),
  },
  'an export that is being written': {
    async given(world) {
      const { task_id } = await exportThatIs(world, { state: 'running', rows_total: 1000 });
      const id = String(task_id).slice('task_'.length);
      await world.backend.pool.query(
        `insert into exports.parts (task_id, part, file, rows, bytes, last_account_id)
         values ($1, 1, 'a', 300, 1, 1), ($1, 2, 'b', 150, 1, 2)`,
        [id],
      );
      return { task_id };
    },
    answers: status({ status: 'running', rows: 450, rows_total: 1000 }),
  },
  'an export that failed': {
    given: (world) => exportThatIs(world, { state: 'failed', problem: 'The export was cancelled' }),
    answers: status({ status: 'failed', error_text: 'The export was cancelled' }),
  },
  'an export that is written': {
    async given(world) {
      await post(world, 'accrue', { amount: '5', created_at: '1999-03-01T00:00:00Z' });
      const { data } = await world.ask(start, { ...period, points_currency_eid: 'stars' });
      const { task_id } = data as Json;
      await untilEnded(world.url, task_id);
      return { task_id };
    },
    answers: (_, { task_id }) => ({
      data: {
        task_id,
        status: 'done',
        rows: expect.anything(),
        rows_total: expect.anything(),
        file_url: `/api/v1.1/loyalty/transactions_export/file/${task_id}`,
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        error_text: null,
      },
    }),
    async afterwards(_, __, { data }) {
      const { rows, rows_total } = data as Json;
      expect(Number(rows)).toBeGreaterThan(0);
      expect(rows_total).toBe(rows);
    },
  },
  'an export whose file has expired, though it may lie there still': {
    given: (world) => exportThatIs(world, { ...done, expires_at: '2020-01-01T00:00:00Z' }),
    refuses: 'export_not_found',
    text: gone,
  },
  'an export of a program the token may use': {
    given: (world) => exportThatIs(world, { program_id: 2, currency_iid: 3 }),
    request: { token: 'guest' },
    answers: status({ status: 'queued' }),
  },
  'an export of a program the token may not use': {
    given: (world) => exportThatIs(world),
    request: { token: 'guest' },
    refuses: 'export_not_found',
    text: gone,
  },
  'an export nobody knows': {
    request: { task_id: 'task_0f0e8a52-7a3e-4d0e-9a55-0b1f1f5d2c11' },
    refuses: 'export_not_found',
    text: gone,
  },
  'a task_id that cannot be one': {
    request: { task_id: "task_' or 1=1" },
    refuses: 'export_not_found',
    text: gone,
  },
  'a task_id without its prefix': {
    given: async (world) => ({ task_id: String((await exportThatIs(world)).task_id).slice('task_'.length) }),
    refuses: 'export_not_found',
    text: gone,
  },
  'no task_id': { refuses: 'bad_request', text: 'task_id: is required' },
  'a token that may only read': {
    given: (world) => exportThatIs(world),
    request: { token: 'reader' },
    answers: status({ status: 'queued' }),
  },
  'a token for other things': {
    request: { token: 'stranger', task_id: 'task_1' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_read"',
  },
};

specify(transactionExports.status, cases);
