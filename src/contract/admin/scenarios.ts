import { memberRefusals } from '../common';
import { endpoint } from '../endpoint';
import { choice, flag, integer, nullable, object, opaqueId, optional, text, timestamp } from '../fields';
import { matching } from '../matching';
import { request } from '../request';
import { scenarioSettings } from '../scenario-settings';
import { answerFields, changeFields, creationFields } from '../settings';
import { listEndpoint, resourceEndpoints } from './resource';

const family = 'admin';
const scope = 'admin';
const item = '/admin/v1/scenarios/:id';
const key = { id: integer({ min: 1 }).describe('Id of the scenario.') };
const profileId = '65f0aa00c0ffee0011223344';

const welcome = {
  external_id: 'welcome-back',
  name: 'A gift after three days',
  trigger: { kind: 'registered' },
  steps: [
    { id: 'pause', kind: 'wait', n: 3, unit: 'day' },
    { id: 'spent', kind: 'check', if: { field: 'balance.stars', operator: 'lt', value: 10 } },
    { id: 'gift', kind: 'accrue', promotion_id: 'welcome', points_currency_eid: 'stars' },
    { id: 'tell', kind: 'emit', name: 'gift given' },
  ],
};
const [, , , tell] = welcome.steps;

/** Scenarios of a program. */
const resource = resourceEndpoints({
  one: 'scenario',
  many: 'scenarios of a program',
  collection: '/admin/v1/programs/:program_id/scenarios',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item,
  key,
  position: integer(),
  create: creationFields(scenarioSettings),
  change: changeFields(scenarioSettings),
  answer: {
    id: integer(),
    program_id: integer(),
    ...answerFields(scenarioSettings),
    version_id: integer().describe('Of trigger and steps as they are; a run keeps the one it began with.'),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create: 'What it refers to must be there: promotions, currencies, tier groups and fields of profiles.',
    change: 'Runs under way keep the steps they began with.',
    remove: 'Only a scenario that never ran can be deleted: switch others off.',
  },
  example: {
    parent: { program_id: 1 },
    key: { id: 1 },
    create: welcome,
    change: { steps: [tell] },
    answer: {
      id: 1,
      program_id: 1,
      description: '',
      is_active: true,
      ...welcome,
      version_id: 1,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});

const start = endpoint({
  method: 'POST',
  path: `${item}/start`,
  family,
  scope,
  summary: 'Start a scenario for a member',
  description:
    'Whatever else starts it. With a key, the same key starts it for the same member once: repeated, the ' +
    'first run is answered.',
  request: request(
    {
      ...key,
      key: optional(text(200)).describe('Your own id of this start; nothing personal. Absent: another run.'),
    },
    { matching: matching() },
  ),
  response: object({
    run_id: opaqueId().describe('Id of the run.'),
    started: flag().describe('false: this key had started it before.'),
  }),
  refusals: [...memberRefusals, 'resource_not_found', 'program_inactive', 'conflict'],
  examples: [
    {
      request: { id: 1, key: 'campaign-7', matching: 'email', email: 'ann@example.com' },
      response: { run_id: '1', started: true },
    },
  ],
});

const run = {
  run_id: opaqueId(),
  version_id: integer(),
  profile_id: opaqueId(),
  cause: text(255).describe('What started it: the event_id, the birthday, or the key of whoever did.'),
  step: integer().describe('The step it takes next, from 0.'),
  wakes_at: nullable(timestamp()).describe('When it goes on; null: it has ended.'),
  outcome: nullable(text(255)).describe('How it ended: done, or what it came to nothing for.'),
  started_at: timestamp(),
  ended_at: nullable(timestamp()),
};

const runs = listEndpoint({
  many: 'runs of a scenario',
  collection: `${item}/runs`,
  parent: {
    ...key,
    state: optional(choice(['waiting', 'ended'])).describe('waiting: under way, mostly asleep. Absent: all.'),
  },
  answer: run,
  position: opaqueId(),
  example: {
    parent: { id: 1, state: 'waiting' },
    answer: {
      run_id: '1',
      version_id: 1,
      profile_id: profileId,
      cause: '7431-120',
      step: 1,
      wakes_at: '2025-02-04T08:00:00Z',
      outcome: null,
      started_at: '2025-02-01T08:00:00Z',
      ended_at: null,
    },
  },
});

const cancelRun = endpoint({
  method: 'POST',
  path: '/admin/v1/scenario-runs/:run_id/cancel',
  family,
  scope,
  summary: 'Cancel a run of a scenario',
  description: 'It ends where it is; what it did stays. One that has ended stays as it is.',
  request: object({ run_id: integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).describe('Id of the run.') }),
  response: object({ canceled: flag().describe('false: it had ended.') }),
  refusals: ['resource_not_found'],
  examples: [{ request: { run_id: 1 }, response: { canceled: true } }],
});

export const adminScenarios = { ...resource, start, runs, cancelRun };
