import { programId } from './common';
import { currencySelector } from './currency';
import { download, endpoint } from './endpoint';
import { choice, integer, nullable, object, opaqueId, optional, text, timestamp } from './fields';
import { request } from './request';

const path = '/api/v1.1/loyalty/transactions_export';
const taskId = () => opaqueId().describe('Id of the export, as its start answered it.');
const task = 'task_0f0e8a52-7a3e-4d0e-9a55-0b1f1f5d2c11';

const start = endpoint({
  path,
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Export transactions',
  description:
    'Starts a CSV report of the transactions of all members in one currency and a period. Ours: what comes ' +
    `of it is asked at \`${path}/status\`. The period is one of created_at. The file has the columns of ` +
    'the history and profile_id, in the order of accounts and, within one, of posting; from_id ' +
    'continues in this order.',
  request: request(
    {
      loyalty_program_id: programId(),
      date_from: timestamp().describe('Start of the period, included.'),
      date_to: timestamp().describe('End of the period, included.'),
      from_id: optional(opaqueId()).describe('Only transactions after this one, in the order of the file.'),
    },
    { currency: currencySelector({ required: true }) },
    (value, report) => {
      if (Date.parse(value.date_to) < Date.parse(value.date_from)) {
        report('date_to', `expected a time not before date_from ${value.date_from}, got ${value.date_to}`);
      }
    },
  ),
  response: object({ data: object({ task_id: taskId() }) }),
  refusals: ['program_not_found', 'currency_not_found', 'currency_mismatch', 'from_id_not_exported'],
  outcome: 'last',
  examples: [
    {
      request: {
        loyalty_program_id: 7,
        points_currency_eid: 'stars',
        date_from: '2025-01-01T00:00:00Z',
        date_to: '2025-01-31T23:59:59Z',
      },
      response: { data: { task_id: task } },
    },
  ],
});

const wholeNumber = () => integer({ max: Number.MAX_SAFE_INTEGER });

const status = endpoint({
  path: `${path}/status`,
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Status of an export',
  description:
    'How far an export has come, and where its file is. Ours, as is the download. An export is not found ' +
    'any more once its file has expired.',
  request: object({ task_id: taskId() }),
  response: object({
    data: object({
      task_id: taskId(),
      status: choice(['queued', 'running', 'done', 'failed']),
      rows: wholeNumber().describe('Rows written.'),
      rows_total: nullable(wholeNumber()).describe('Rows in all, by what was posted when it began.'),
      file_url: nullable(text(255)).describe('Path of the file, once it is done.'),
      expires_at: nullable(timestamp()).describe('Until then the file can be fetched.'),
      error_text: nullable(text(255)).describe('Why it failed.'),
    }),
  }),
  refusals: ['export_not_found'],
  outcome: 'last',
  examples: [
    {
      request: { task_id: task },
      response: {
        data: {
          task_id: task,
          status: 'done',
          rows: 1204,
          rows_total: 1204,
          file_url: `${path}/file/${task}`,
          expires_at: '2025-02-08T08:00:00Z',
          error_text: null,
        },
      },
    },
  ],
});

const file = endpoint({
  method: 'GET',
  path: `${path}/file/:task_id`,
  family: 'files',
  scope: 'loyalty_read',
  summary: 'File of an export',
  description:
    'The file: CSV by RFC 4180 in UTF-8, with a header row. Times are RFC 3339 UTC, amounts have no ' +
    'trailing zeros, custom_json is JSON text. Text that a spreadsheet could take for a formula has an ' +
    'apostrophe before it. The token comes in the header Authorization.',
  request: object({ task_id: taskId() }),
  response: download(),
  refusals: ['export_not_found', 'export_not_done'],
  examples: [],
});

/** Exports of transactions. Only the start is a documented call of the API we are compatible with. */
export const transactionExports = { start, status, file };
