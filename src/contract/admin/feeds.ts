import { endpoint } from '../endpoint';
import { choice, integer, nullable, object, opaqueId, optional, text, timestamp } from '../fields';
import { feedOptionSettings, feedSettings } from '../market-settings';
import { answerFields, changeFields, creationFields } from '../settings';
import { listEndpoint, resourceEndpoints } from './resource';

/** Feeds of goods in YML: where they are, and each time one was imported. */

const at = '2025-02-01T08:00:00Z';
const item = '/admin/v1/market/feeds/:external_id';
const key = { external_id: text(255).describe('External id.') };
const { external_id: _, ...change } = feedSettings;

const shop = {
  external_id: 'shop',
  name: 'Shop',
  url: 'https://shop.example.com/feed.yml',
  entity_type: 'product',
  mode: 'add_and_update',
  overwrite_categories: true,
  params: 'create',
  mapping: { 'custom_fields.article': 'vendorCode' },
  days: [],
  time_of_day: '04:00',
  timezone: 'Europe/Moscow',
};

const resource = resourceEndpoints({
  one: 'feed',
  many: 'feeds',
  collection: '/admin/v1/market/feeds',
  parent: {},
  item,
  key,
  position: text(255),
  create: creationFields(feedSettings),
  change: changeFields(change),
  answer: { ...answerFields(feedSettings), created_at: timestamp(), updated_at: timestamp() },
  notes: {
    create: 'It is imported on some days at a time, by a Temporal schedule, or when it is asked for.',
    change: 'What counts is what is set when an import begins.',
    remove: 'What was imported stays.',
  },
  example: {
    parent: {},
    key: { external_id: 'shop' },
    create: {
      ...{ external_id: 'shop', name: 'Shop', url: shop.url, params: 'create', time_of_day: '04:00' },
      mapping: shop.mapping,
    },
    change: { time_of_day: null },
    answer: { ...shop, created_at: at, updated_at: at },
  },
});

const runId = '019f9c5e-6c4f-7d2e-9a7c-0d4f6a1b2c3d';
const runFields = {
  id: opaqueId(),
  feed: nullable(text(255)).describe('The feed it is of; null: it was uploaded.'),
  source: text(2_000),
  state: choice(['queued', 'running', 'done', 'failed']),
  problem: nullable(text(10_000)).describe('Why it failed; what was written until then stays.'),
  offers: integer().describe('Offers read so far.'),
  added: integer(),
  updated: integer(),
  unchanged: integer(),
  skipped: integer().describe('Left alone because of the mode.'),
  refused: integer().describe('Offers that cannot be; the list of refusals says why.'),
  created_at: timestamp(),
  ended_at: nullable(timestamp()),
};
const run = {
  id: runId,
  feed: 'shop',
  source: shop.url,
  state: 'done',
  problem: null,
  offers: 3,
  added: 2,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  refused: 1,
  created_at: at,
  ended_at: at,
};
const runs = '/admin/v1/market/feed-runs';
const runKey = { id: opaqueId().describe('Id of the run.') };

export const adminFeeds = {
  ...resource,
  start: endpoint({
    method: 'POST',
    path: `${item}/run`,
    family: 'admin',
    scope: 'admin',
    summary: 'Import a feed now',
    description: 'Starts workflow importFeed and answers at once.',
    request: object(key),
    response: object({ run_id: opaqueId() }),
    refusals: ['resource_not_found'],
    status: 201,
    examples: [{ request: { external_id: 'shop' }, response: { run_id: runId } }],
  }),
  upload: endpoint({
    method: 'POST',
    path: runs,
    family: 'admin',
    scope: 'admin',
    summary: 'Import an uploaded feed',
    description:
      'Takes YML, or a .zip, .gz or .tar.gz of it, as its body (application/octet-stream, at most 1 GiB) ' +
      'and the rest as parameters, mapping as JSON text. Starts workflow importFeed and answers at once.',
    upload: 'application/octet-stream',
    maxBytes: 1_073_741_824,
    request: object({
      ...creationFields(feedOptionSettings),
      file_name: optional(text(255)).describe('What the file is called where the run is shown.'),
    }),
    response: object({ run_id: opaqueId() }),
    refusals: [],
    status: 201,
    examples: [{ request: { params: 'create' }, response: { run_id: runId } }],
  }),
  runs: listEndpoint({
    many: 'imports of feeds, newest first',
    collection: runs,
    parent: {},
    answer: runFields,
    position: opaqueId(),
    example: { parent: {}, answer: run },
  }),
  readRun: endpoint({
    method: 'GET',
    path: `${runs}/:id`,
    family: 'admin',
    scope: 'admin',
    summary: 'Read an import of a feed',
    description: 'How far it has come, and what it has come to.',
    request: object(runKey),
    response: object(runFields),
    refusals: ['resource_not_found'],
    examples: [{ request: { id: runId }, response: run }],
  }),
  refusals: listEndpoint({
    many: 'refused offers of an import',
    collection: `${runs}/:id/refusals`,
    parent: runKey,
    answer: {
      position: integer({ min: -2_147_483_648 }).describe('Number of the offer; below zero: a category.'),
      external_id: text(255, { min: 0 }),
      problem: text(10_000),
    },
    position: integer({ min: -2_147_483_648 }),
    example: {
      parent: { id: runId },
      answer: { position: 2, external_id: '158', problem: 'name: is required' },
    },
  }),
};
