import type { Step, Trigger } from '../domain/scenario';
import { flag, list, text } from './fields';
import { step, trigger } from './scenario-steps';
import { setting } from './settings';

/** What operators may set up of a scenario. */
export const scenarioSettings = {
  external_id: setting('Your id of the scenario.', text(255)),
  name: setting('Name for people.', text(255)),
  description: setting('For people.', text(10_000, { min: 0 }), ''),
  is_active: setting('Switched on: new runs are started. Runs under way go on in any case.', flag(), true),
  trigger: setting<Trigger>(
    'What starts a run of it for a member: registered, points_accrued, points_expiring_soon, tier_reached, ' +
      'order_created, birthday with the field of the profile, or manual. if: a condition on the event.',
    trigger(),
  ),
  steps: setting<Step[]>(
    'What a run does, one after the other; docs/scenarios.md has all kinds. Runs under way keep the steps ' +
      'they were started with.',
    list(step(), { min: 1, max: 100 }),
  ),
};
