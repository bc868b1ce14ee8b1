import type { adminEvents } from '../../../contract/admin/events';
import { findDeleted, findReadableEnd, listEvents } from '../../../db/queries/events';
import { cursorOf, readCursor, tellEvent } from '../../../domain/event';
import { refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import type { AdminDependencies } from './change';

const defaultLimit = 100;

/** So many events are looked through for one filtered page at most. */
const mostSearched = 10_000;

const start = '0-0';

export function createAdminEventHandlers({ db }: AdminDependencies): Handlers<typeof adminEvents> {
  return {
    async read({ after = start, limit = defaultLimit, types, program_id }) {
      const from = readCursor(after);
      if (!from) {
        return refuse('bad_request', {
          problem: `after: expected a next_after, got "${after.slice(0, 60)}"`,
        });
      }
      const isFiltered = types !== undefined || program_id !== undefined;
      const searched = isFiltered ? mostSearched : limit;
      const end = await findReadableEnd(db, from.turn, from.event_id, searched);
      const range = end && ([from.turn, from.event_id, end.turn, end.event_id] as const);
      const rows = range ? await listEvents(db, ...range, types ?? null, program_id ?? null, limit) : [];
      // Asked last, so that nothing can be deleted between reading and asking.
      const deleted = after === start ? undefined : await findDeleted(db, from.turn, from.event_id);
      if (deleted) {
        const { happened_at: until } = deleted;
        return refuse('events_deleted', { until, cursor: cursorOf(deleted) });
      }
      if (!end) return { items: [], next_after: after, has_more: false };
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return {
        items: rows.map(tellEvent),
        next_after: cursorOf(last ?? end),
        has_more: last !== undefined || end.count === searched,
      };
    },
  };
}
