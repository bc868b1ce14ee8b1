import { Pool, types } from 'pg';

type PoolSettings = {
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly requestTimeoutMs: number;
};

/** Told of connections that break while nobody uses them; a pino logger fits. */
type Log = { warn(details: object, message: string): void };

const connectTimeoutMs = 5_000;

/**
 * A pool of connections whose rows hold no floats and no Dates: bigint and numeric come as decimal strings,
 * timestamptz as RFC 3339 UTC (`2025-02-01T08:00:00Z`, infinity as null), date as `YYYY-MM-DD`, and so do
 * arrays of them. No statement may run longer than a caller would wait for it.
 */
export function createPool(settings: PoolSettings, log: Log): Pool {
  const pool = new Pool({
    connectionString: settings.databaseUrl,
    max: settings.databasePoolSize,
    application_name: 'loyalty-points',
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: settings.requestTimeoutMs,
    idle_in_transaction_session_timeout: settings.requestTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC',
    types: { getTypeParser },
  });
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'));
  return pool;
}

/** Reads a timestamptz as Postgres prints it; infinity is null. */
export function parseInstant(text: string): string | null {
  if (text === 'infinity' || text === '-infinity') return null;
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d)(:\d\d)?$/.exec(text);
  if (!match) throw new RangeError(`not a timestamp this service can hold: ${text}`);
  const [, date, time, fraction = '', hours, minutes = ':00'] = match;
  const wholeSeconds = new Date(`${date}T${time}${hours}${minutes}`).toISOString().slice(0, 19);
  return `${wholeSeconds}${fraction.replace(/\.?0+$/, '')}Z`;
}

const { DATE, INT8, NUMERIC, TIMESTAMP, TIMESTAMPTZ } = types.builtins;
const arraysOf = { int8: 1016, numeric: 1231, date: 1182, timestamp: 1115, timestamptz: 1185, text: 1009 };
const asText = (text: string) => text;

const parsers = new Map<number, (text: string) => unknown>([
  [INT8, asText],
  [NUMERIC, asText],
  [DATE, asText],
  [TIMESTAMP, asText],
  [TIMESTAMPTZ, parseInstant],
  [arraysOf.int8, arrayOf(asText)],
  [arraysOf.numeric, arrayOf(asText)],
  [arraysOf.date, arrayOf(asText)],
  [arraysOf.timestamp, arrayOf(asText)],
  [arraysOf.timestamptz, arrayOf(parseInstant)],
]);

function arrayOf(parse: (text: string) => unknown) {
  const split = types.getTypeParser(arraysOf.text, 'text') as (text: string) => (string | null)[];
  return (text: string) => split(text).map((element) => (element === null ? null : parse(element)));
}

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  const parser = format === 'binary' ? undefined : parsers.get(oid);
  return parser ?? types.getTypeParser(oid, format);
}
