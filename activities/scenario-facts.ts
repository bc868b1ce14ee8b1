import { findBalance } from '../src/db/queries/account';
import { readProfile } from '../src/db/queries/profiles';
import { listTiersOf } from '../src/db/queries/scenarios';
import { type Condition, checkCondition, conditionHolds, type Fact } from '../src/domain/condition';
import { dayIn, pickFacts } from '../src/domain/profile-facts';
import { askedFacts, memberFactTypes } from '../src/domain/scenario';
import type { ActivityContext } from './index';
import { invalidField } from './node-input';

interface About {
  program_id: number;
  member_id: string;
  profile_id: string;
  registered_at: string;
}

const dayMs = 86_400_000;

/**
 * Whether a condition holds for a member at a moment (RFC 3339); only what it asks about is looked up. Throws
 * InvalidInput if it asks about what is there no more.
 */
export async function holdsFor(
  { db, catalog }: Pick<ActivityContext, 'db' | 'catalog'>,
  condition: Condition,
  about: About,
  now: string,
): Promise<boolean> {
  const program = catalog.program(about.program_id);
  const database = program && catalog.database(program.databaseId);
  if (!program || !database) throw new Error(`Program ${about.program_id} is not known yet`);
  const asked = askedFacts(condition);
  const after = (prefix: string) =>
    asked.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  const currencies = catalog.currencies(program.id);
  const tierGroups = after('tier.').map((external_id) => ({ external_id }));
  const types = memberFactTypes({ fields: [...database.fields.values()], currencies, tierGroups });
  const problem = checkCondition(condition, types);
  if (problem) throw invalidField('if', problem.problem);

  const days = Math.floor((Date.parse(now) - Date.parse(about.registered_at)) / dayMs);
  const facts: Record<string, Fact> = { 'member.registered_at': about.registered_at, 'member.days': days };
  for (const eid of after('balance.')) {
    const iid = currencies.find((currency) => currency.eid === eid)?.iid ?? 0;
    facts[`balance.${eid}`] = (await findBalance(db, about.member_id, iid, now))?.active ?? '0';
  }
  if (asked.includes('tiers') || tierGroups.length > 0) {
    const held = await listTiersOf(db, about.member_id);
    facts.tiers = held.map(({ tier_eid }) => tier_eid);
    for (const { group_eid, tier_eid } of held) facts[`tier.${group_eid}`] = tier_eid;
  }
  const profileNames = after('profile.');
  const profile = profileNames.length > 0 ? await readProfile(db, about.profile_id) : undefined;
  const today = { day: dayIn(program.timezone, now), timezone: program.timezone };
  const known = profile ? pickFacts(profile, profileNames, today) : {};
  for (const [name, fact] of Object.entries(known)) facts[`profile.${name}`] = fact;
  return conditionHolds(condition, types, facts);
}
