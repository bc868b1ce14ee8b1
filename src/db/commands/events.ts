import { z } from 'zod';
import { queryOne } from '../query';

/** Deletes about $2 of the oldest events, of those before a moment (RFC 3339): how many there were. */
export const deleteOldEvents = queryOne({
  name: 'events-delete',
  parameters: [z.string(), z.int()],
  row: z.object({ deleted: z.int() }),
  text: 'select feed.delete_events($1::timestamptz, $2::int) as deleted',
});
