import { endpoint } from '../endpoint';
import { integer, object, timestamp } from '../fields';

const path = '/admin/v1/test-clock';
const state = {
  now: timestamp().describe('The time of the service.'),
  ahead_sec: integer({ max: Number.MAX_SAFE_INTEGER }).describe("Seconds ahead of the machine's clock."),
};

/** Only in the embedded start, and so not among the subjects of the API: elsewhere the path is unknown. */
export const adminTestClock = {
  read: endpoint({
    method: 'GET',
    path,
    family: 'admin',
    scope: 'admin',
    summary: 'Read the test clock',
    description: 'The time of the service, which `npm start` lets you move forward.',
    request: object({}),
    response: object(state),
    refusals: [],
    examples: [{ request: {}, response: { now: '2025-02-01T08:00:00Z', ahead_sec: 0 } }],
  }),
  move: endpoint({
    method: 'POST',
    path,
    family: 'admin',
    scope: 'admin',
    summary: 'Move the test clock forward',
    description:
      'Moves the time of the service: temporary transactions that are due by then time out, points that ' +
      'have lapsed are written off, and tiers that are earned no more are lost. It never goes back.',
    request: object({ to: timestamp().describe('The moment to move to, in the future.') }),
    response: object({
      ...state,
      timed_out: integer().describe('Temporary transactions that timed out.'),
      lots: integer().describe('Lots of points that were written off.'),
      members: integer().describe('Members whose tiers were evaluated.'),
    }),
    refusals: [],
    examples: [
      {
        request: { to: '2026-02-02T00:00:00Z' },
        response: { now: '2026-02-02T00:00:00Z', ahead_sec: 31593600, timed_out: 0, lots: 1, members: 0 },
      },
    ],
  }),
};
