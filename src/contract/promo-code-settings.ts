import type { z } from 'zod';
import { expirationUnits } from '../domain/catalog';
import { choice, flag, integer, nullable, text, timestamp } from './fields';
import { closed, setting } from './settings';

/** What operators may set up of promo codes: the management API and program files are made of these. */

const lifetime = closed({ n: integer({ min: 1, max: 10_000 }), unit: choice(expirationUnits) });
const limit = () => nullable(integer({ min: 1 }));

export const poolSettings = {
  external_id: setting('Your id of the pool; promotions name it.', text(255)),
  name: setting('Name for people.', text(255)),
  description: setting('For people.', text(10_000, { min: 0 }), ''),
  database_id: setting('Profile database whose people get the codes; for good.', integer({ min: 1 })),
  is_multi_use: setting(
    'true: universal codes, for many profiles and many uses. false: personal ones, for one profile and one ' +
      'use. For good.',
    flag(),
    false,
  ),
  is_active: setting('Switched on: its codes can be attached and activated.', flag(), true),
  issue_from: setting<string | null>('When issuing begins. null: it has begun.', nullable(timestamp()), null),
  issue_to: setting<string | null>(
    'The last moment of issuing; what was issued stays usable. null: it does not end.',
    nullable(timestamp()),
    null,
  ),
  lifetime: setting<z.output<typeof lifetime> | null>(
    'How long a code lives: a personal one from when it is attached, a universal one from when it is made. ' +
      'null: for ever.',
    nullable(lifetime),
    null,
  ),
  template: setting<string | null>(
    'What codes are generated from, such as "SPRING-{X:8}": {L:n} are letters, {D:n} digits, {X:n} both. ' +
      'null: codes are imported.',
    nullable(text(255)),
    null,
  ),
  remote_url: setting<string | null>(
    'Where codes are fetched from, by POST of {"request_id", "pool", "count"} that answers {"codes": […]}: ' +
      'when one is to be attached and none is free, and when it is asked for. user:password@ signs in; the ' +
      'password is shown as ***, and stays when it is sent back so. null: nowhere.',
    nullable(text(2_000)),
    null,
  ),
  remote_count: setting('How many codes are fetched at once.', integer({ min: 1, max: 10_000 }), 100),
  max_codes: setting<number | null>('The most codes it takes. null: any number.', limit(), null),
  max_uses: setting<number | null>('The most uses of one universal code. null: any number.', limit(), null),
  max_uses_per_profile: setting<number | null>(
    'The most uses of one universal code by one profile. null: any number.',
    limit(),
    null,
  ),
};
