import { z } from 'zod';
import { query, queryFirst } from '../query';

/** A profile as conditions ask it, and whether it is a member of the program or ever was. */
const candidate = {
  profile_id: z.string(),
  email: z.string().nullable(),
  phones: z.array(z.string()),
  fields: z.record(z.string(), z.json()),
  is_known: z.boolean(),
};

const isKnown = `exists (
  select from ledger.members m where m.program_id = $1 and m.profile_id = p.profile_id
) as is_known`;

/** A profile that was written; `turn` tells this writing from later ones. */
const unconsidered = z.object({ ...candidate, turn: z.string() });

/** Of these profiles, those that are noted: $1 the program, $2 its database. */
export const findUnconsidered = query({
  name: 'unconsidered-find',
  parameters: [z.int(), z.int(), z.array(z.string())],
  row: unconsidered,
  text: `
    select p.profile_id, p.email, p.phones, p.fields, ${isKnown}, u.turn::text as turn
    from directory.unconsidered u join directory.profiles p on p.profile_id = u.profile_id
    where u.database_id = $2 and u.profile_id = any ($3::text[])
    order by u.profile_id`,
});

/** The first so many of a database that are noted after one of them: $1 the program, $2 its database. */
export const listUnconsidered = query({
  name: 'unconsidered-list',
  parameters: [z.int(), z.int(), z.string(), z.int()],
  row: unconsidered,
  text: `
    select p.profile_id, p.email, p.phones, p.fields, ${isKnown}, u.turn::text as turn
    from directory.unconsidered u join directory.profiles p on p.profile_id = u.profile_id
    where u.database_id = $2 and u.profile_id > $3
    order by u.profile_id limit $4::int`,
});

/** The next so many profiles of a database: $1 the program, $2 its database, $3 the profile before. */
export const listCandidates = query({
  name: 'enrolment-candidates',
  parameters: [z.int(), z.int(), z.string(), z.int()],
  row: z.object(candidate),
  text: `
    select p.profile_id, p.email, p.phones, p.fields, ${isKnown}
    from directory.profiles p
    where p.database_id = $2 and p.profile_id > $3
    order by p.profile_id limit $4::int`,
});

/** For which settings every profile was considered last. */
export const findSweep = queryFirst({
  name: 'sweep-find',
  parameters: [z.int()],
  row: z.object({ rule: z.string() }),
  text: 'select rule from directory.sweeps where program_id = $1',
});
