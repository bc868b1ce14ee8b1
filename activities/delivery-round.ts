import type { Pool } from 'pg';
import { deleteDelivered, keepDeliveries, moveWebhook } from '../src/db/commands/webhooks';
import { findReadableEnd, listEvents } from '../src/db/queries/events';
import {
  countWaiting,
  type findReceiver,
  listDueEvents,
  listFailures,
  listHeldUp,
} from '../src/db/queries/webhooks';
import { inTransaction } from '../src/db/transaction';
import { type Event, readCursor, tellEvent } from '../src/domain/event';
import { type Attempt, nextAttempt } from '../src/domain/webhook';
import type { Send } from '../src/webhooks/send';

type Receiver = NonNullable<Awaited<ReturnType<typeof findReceiver>>>;

/** Events of one round, of any profiles; those of one profile go one after the other. */
const eventsAtOnce = 100;
const lanesAtOnce = 10;
const dueProfilesAtOnce = 50;

/** More is not taken up while so many deliveries wait. */
const mostWaiting = 10_000;

/** So many events are looked through at once for those of the right types. */
const mostSearched = 10_000;

/** While nothing arrives, one event is tried so often; what waits is tried as its own failures say. */
const probeIntervalMs = 10_000;

const attemptTimeoutMs = 10_000;

/** A round begins no more attempts after this time, so that others are not kept waiting for its end. */
const roundMs = 30_000;

interface Context {
  db: Pool;
  send: Send;
  clock(): string;
  signal: AbortSignal;
}

interface Item {
  event: Event;
  /** It waited in the database already, with so many failures. */
  kept?: { attempts: number; first_failed_at: string | null };
  attempt?: Attempt;
}

interface Round {
  delivered: number;
  failed: number;
  /** There was nothing to do. */
  isIdle: boolean;
}

/**
 * Delivers what is due to one receiver: what failed before, and new events. A profile's events go in order:
 * when one fails, those behind it wait, and only they. What came of it is written in one transaction; if the
 * process dies before that, the round is done again.
 */
export async function deliverRound(context: Context, receiver: Receiver): Promise<Round> {
  const { db, clock } = context;
  const now = clock();
  const { waiting } = await countWaiting(db, receiver.id);
  const due = waiting === 0 ? [] : await findDue(db, receiver, now);
  const news = await findNews(db, receiver, waiting, now);
  if (due.length === 0 && !news.end) return { delivered: 0, failed: 0, isIdle: true };
  const heldUp = await findHeldUp(db, receiver, waiting, news.items);
  const held = news.items.filter(({ event }) => heldUp.has(event.profile_id));
  const tried = [...due, ...news.items.filter((item) => !held.includes(item))];
  await tryLanes(context, receiver, tried);
  await writeDown(db, receiver, [...tried, ...held], news.end, clock());
  return { ...counted(tried), isIdle: false };
}

async function findDue(db: Pool, { id }: Receiver, now: string): Promise<Item[]> {
  const events = (await listDueEvents(db, id, now, dueProfilesAtOnce)).map(tellEvent);
  const failures = await listFailures(
    db,
    id,
    events.map(({ profile_id }) => profile_id),
  );
  const known = new Map(failures.map(({ cursor, ...kept }) => [cursor, kept]));
  return events.flatMap((event) => {
    const kept = known.get(event.event_id);
    return kept ? [{ event, kept }] : [];
  });
}

/** The next events for the receiver, and how far that reads; without end if it is not the time for any. */
async function findNews(
  db: Pool,
  receiver: Receiver,
  waiting: number,
  now: string,
): Promise<{ items: Item[]; end?: { turn: string; event_id: string } }> {
  const { turn, event_id, types, program_id, probe_at } = receiver;
  const isTime = probe_at === null || Date.parse(probe_at) <= Date.parse(now);
  if (waiting >= mostWaiting || !isTime) return { items: [] };
  const limit = probe_at === null ? eventsAtOnce : 1;
  const isFiltered = types !== null || program_id !== null;
  const end = await findReadableEnd(db, turn, event_id, isFiltered ? mostSearched : limit);
  if (!end) return { items: [] };
  const rows = await listEvents(db, turn, event_id, end.turn, end.event_id, types, program_id, limit);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { items: rows.map((row) => ({ event: tellEvent(row) })), end: last ?? end };
}

async function findHeldUp(db: Pool, { id }: Receiver, waiting: number, news: readonly Item[]) {
  if (waiting === 0 || news.length === 0) return new Set<string>();
  const profileIds = news.map(({ event }) => event.profile_id);
  return new Set((await listHeldUp(db, id, profileIds)).map(({ profile_id }) => profile_id));
}

/** Tries every event: profiles side by side, the events of one in order and up to the first that fails. */
async function tryLanes(
  { send, signal }: Context,
  receiver: Receiver,
  items: readonly Item[],
): Promise<void> {
  const lanes = lanesOf(items);
  const stopAt = Date.now() + roundMs;
  const work = async () => {
    for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
      for (const item of lane) {
        if (Date.now() > stopAt || signal.aborted) return;
        const attempt = await send(receiver, item.event, { signal, timeoutMs: attemptTimeoutMs });
        if (!attempt.delivered && signal.aborted) return;
        item.attempt = attempt;
        if (!attempt.delivered) break;
      }
    }
  };
  await Promise.all(Array.from({ length: lanesAtOnce }, work));
}

function lanesOf(items: readonly Item[]): Item[][] {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const { profile_id } = item.event;
    lanes.set(profile_id, [...(lanes.get(profile_id) ?? []), item]);
  }
  return [...lanes.values()];
}

function counted(items: readonly Item[]) {
  const delivered = items.filter(({ attempt }) => attempt?.delivered).length;
  const failed = items.filter(({ attempt }) => attempt && !attempt.delivered).length;
  return { delivered, failed };
}

/** Nothing is written if somebody else has moved the webhook on meanwhile, or it is gone. */
async function writeDown(
  db: Pool,
  receiver: Receiver,
  items: readonly Item[],
  end: { turn: string; event_id: string } | undefined,
  now: string,
): Promise<void> {
  const { id, turn, event_id, probe_at } = receiver;
  const { delivered, failed } = counted(items);
  const probe = new Date(Date.parse(now) + probeIntervalMs).toISOString();
  const probeAt = delivered > 0 ? null : failed > 0 ? probe : probe_at;
  const arrived = items.filter(({ kept, attempt }) => kept && attempt?.delivered).map(placeOf);
  const others = items.filter(({ kept, attempt }) =>
    kept ? attempt && !attempt.delivered : !attempt?.delivered,
  );
  await inTransaction(db, '', async (tx) => {
    const to = end ?? receiver;
    if ((await moveWebhook(tx, id, turn, event_id, to.turn, to.event_id, probeAt)) === 0) return;
    if (arrived.length > 0) {
      await deleteDelivered(
        tx,
        id,
        arrived.map((place) => place.profile_id),
        arrived.map((place) => place.turn),
        arrived.map((place) => place.event_id),
      );
    }
    if (others.length > 0)
      await keepDeliveries(tx, id, JSON.stringify(others.map((item) => kept(item, now))));
  });
}

function placeOf({ event }: Item) {
  const { turn, event_id } = readCursor(event.event_id) ?? { turn: '0', event_id: '0' };
  return { profile_id: event.profile_id, turn, event_id };
}

/** What is kept of an event that has not arrived, or that was not tried yet. */
function kept(item: Item, now: string) {
  const place = placeOf(item);
  if (!item.attempt) return { ...place, state: 'waiting', attempts: 0, next_at: now };
  const attempts = (item.kept?.attempts ?? 0) + 1;
  const first_failed_at = item.kept?.first_failed_at ?? now;
  const next = nextAttempt(attempts, first_failed_at, now);
  return {
    ...place,
    state: next ? 'waiting' : 'dead',
    attempts,
    first_failed_at,
    next_at: next ?? now,
    last_status: item.attempt.status,
    last_error: item.attempt.error,
  };
}
