import { uuidv7 } from 'uuidv7';
import type { Backend } from './service';

/** Somebody in a profile database, and all the ways to name them. */
export interface Person {
  profile_id: string;
  email: string;
  phone: string;
  crm_id: string;
  /** A custom field of type int, with as many digits as cards have. */
  card: number;
}

let people = 0;

/** Puts somebody into a profile database; nobody else there has any of their values. */
export async function makePerson({ pool }: Backend, databaseId: number): Promise<Person> {
  people += 1;
  const number = String(people).padStart(4, '0');
  const person = {
    profile_id: people.toString(16).padStart(24, '0'),
    email: `ann${number}@example.com`,
    phone: `+1202555${number}`,
    crm_id: `A-${number}`,
    card: 4_000_000_000_000_000 + people,
  };
  await pool.query(
    `with profile as (
       insert into directory.profiles (profile_id, database_id, email, phones, fields)
       values ($1, $6, $2, array[$3], jsonb_build_object('crm_id', $4::text, 'card', $5::bigint))
     )
     insert into directory.profile_keys (database_id, field, value, profile_id, is_unique)
     values
       ($6, 'email', $2, $1, true), ($6, 'phone', $3, $1, false),
       ($6, 'crm_id', $4, $1, true), ($6, 'card', $5::text, $1, true)`,
    [...Object.values(person), databaseId],
  );
  return person;
}

/** Makes a person a member, even of a program that is switched off: it was on, once. */
export async function enrol({ gateway }: Backend, { profile_id }: Person, programId: number): Promise<void> {
  const outcome = await gateway.post({
    verb: 'register',
    transaction_id: uuidv7(),
    program_id: programId,
    profile_id,
  });
  expect(outcome).toEqual({ profile_id, registered: true });
}
