import { importMatchings } from '../../domain/import';
import { download, endpoint } from '../endpoint';
import {
  choice,
  flag,
  integer,
  list,
  nullable,
  object,
  opaqueId,
  optional,
  points,
  text,
  timestamp,
} from '../fields';
import { importColumns } from '../import-file';
import { listEndpoint } from './resource';

const family = 'admin';
const scope = 'admin';
const collection = '/admin/v1/imports';
const item = `${collection}/:id`;
const key = { id: opaqueId().describe('Id of the import, as its start answered it.') };
const wholeNumber = () => integer({ max: Number.MAX_SAFE_INTEGER });

const columnTexts = Object.entries(importColumns).map(([name, meaning]) => `\`${name}\` (${meaning})`);

const options = {
  program_id: integer({ min: 1 }).describe('Program whose members these are.'),
  file_name: optional(text(255)).describe('What the file is called where the import is shown.'),
  matching: optional(choice(importMatchings)).describe(
    'How members are found. Absent: by the first of profile_id, email and phone that is a column.',
  ),
  field_name: optional(opaqueId()).describe('The custom field, for the matching custom.'),
  create_profiles: optional(flag()).describe('Make profiles that are not found. Absent: false.'),
  grant_initial_balance: optional(flag()).describe(
    'Whether new members get the initial balances of the currencies, too. Absent: false.',
  ),
  dry_run: optional(flag()).describe('Only tell what would be. Absent: false.'),
  batch: optional(text(64)).describe(
    'Rows that are alike are posted once in a batch, however often they are imported. Absent: "members".',
  ),
};

const answer = {
  id: opaqueId(),
  program_id: integer(),
  file_name: text(255),
  matching: nullable(choice(importMatchings)),
  field_name: nullable(opaqueId()),
  create_profiles: flag(),
  grant_initial_balance: flag(),
  dry_run: flag(),
  batch: text(64),
  requested_at: timestamp(),
  requested_by: text(255),
  status: choice(['queued', 'checking', 'running', 'done', 'failed']).describe(
    'checking: the file is read through; until it is, nothing is written.',
  ),
  rows: wholeNumber().describe('Rows done with.'),
  rows_total: nullable(wholeNumber()),
  refused: wholeNumber().describe('Rows that were not imported; the report says why.'),
  repeated: wholeNumber().describe('Rows whose points had been posted by an earlier import.'),
  members_added: wholeNumber(),
  points: list(object({ points_currency_eid: opaqueId(), lots: wholeNumber(), points: points() })).describe(
    'What was posted. In a dry run: what would be.',
  ),
  ignored_columns: list(text(255)).describe('Fields of profiles that are not read without create_profiles.'),
  ended_at: nullable(timestamp()),
  report_until: nullable(timestamp()).describe('Until then there is a report.'),
  error_text: nullable(text(2_000)).describe('Why it failed.'),
};

const example = {
  id: '0f0e8a52-7a3e-7d0e-9a55-0b1f1f5d2c11',
  program_id: 7,
  file_name: 'members.csv',
  matching: null,
  field_name: null,
  create_profiles: true,
  grant_initial_balance: false,
  dry_run: false,
  batch: 'members',
  requested_at: '2025-02-01T08:00:00Z',
  requested_by: 'Operations',
  status: 'done',
  rows: 10_000,
  rows_total: 10_000,
  refused: 2,
  repeated: 0,
  members_added: 9_998,
  points: [{ points_currency_eid: 'stars', lots: 9_998, points: '1250400.5' }],
  ignored_columns: [],
  ended_at: '2025-02-01T08:00:04Z',
  report_until: '2025-02-08T08:00:04Z',
  error_text: null,
};
const { id } = example;

const start = endpoint({
  method: 'POST',
  path: collection,
  family,
  scope,
  summary: 'Import members',
  description:
    'Takes a CSV file as its body (text/csv, UTF-8, comma, semicolon or tab, at most 1 GiB) and the rest ' +
    'as parameters. One row is one member and at most one lot of points. Columns: who it is (`profile_id`, ' +
    `\`email\`, \`phone\` or a custom field), ${columnTexts.join(', ')}; with create_profiles also any ` +
    'field of a profile, written data.NAME if it is called like another column. Times are RFC 3339, or ' +
    'days in the time zone of the program. Rows are carried out by a workflow, import/ID. The same file ' +
    'again, corrected or not, posts nothing twice: a row is known by its transaction_eid, else by what it ' +
    'says.',
  upload: 'text/csv',
  maxBytes: 1_073_741_824,
  request: object(options),
  response: object(answer),
  refusals: ['resource_not_found', 'program_inactive'],
  status: 201,
  examples: [
    {
      request: { program_id: 7, file_name: 'members.csv', create_profiles: true },
      response: {
        ...example,
        ...{ status: 'queued', rows: 0, rows_total: null, refused: 0, members_added: 0, points: [] },
        ...{ ended_at: null, report_until: null },
      },
    },
  ],
});

const read = endpoint({
  method: 'GET',
  path: item,
  family,
  scope,
  summary: 'Read an import',
  description: 'How far it has come, and what it has come to.',
  request: object(key),
  response: object(answer),
  refusals: ['resource_not_found'],
  examples: [{ request: { id }, response: example }],
});

const refusal = {
  line: 17,
  field: 'amount',
  reason: 'expected at most 2 decimals, as "stars" has, got "1.234"',
};
const refusalAnswer = {
  line: integer().describe('Where the row begins in the file, from 1.'),
  field: text(255, { min: 0 }).describe('The column; empty if it is about the whole row.'),
  reason: text(2_000),
};

const report = endpoint({
  method: 'GET',
  path: `${item}/report`,
  family: 'files',
  scope,
  summary: 'Report of an import as a file',
  description: 'The refused rows as CSV: line, field and reason, in the order of the file.',
  request: object(key),
  response: download(),
  refusals: ['resource_not_found'],
  examples: [],
});

/** Members and their points from elsewhere. */
export const adminImports = {
  start,
  list: listEndpoint({
    many: 'imports',
    collection,
    parent: {},
    answer,
    position: opaqueId(),
    example: { parent: {}, answer: example },
  }),
  read,
  refused: listEndpoint({
    many: 'refused rows of an import',
    collection: `${item}/refused`,
    parent: key,
    answer: refusalAnswer,
    position: integer(),
    example: { parent: { id }, answer: refusal },
  }),
  report,
};
