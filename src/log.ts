import { type DestinationStream, type Logger, pino } from 'pino';

/** What a token or a person can be known by; such values never reach the log, however deep they are. */
const hiddenKeys = [
  'token',
  'authorization',
  'password',
  'apiKey',
  'temporalApiKey',
  'demoToken',
  'databaseUrl',
  'connectionString',
  'email',
  'phone',
  'mobile_phone',
];
const depths = ['', '*.', '*.*.', '*.*.*.'];

/**
 * A logger that writes one JSON object per line to standard output (or where a test says), with secrets and
 * contact data replaced by "[hidden]".
 */
export function createLogger(settings: { level: string }, destination?: DestinationStream): Logger {
  const paths = depths.flatMap((depth) => hiddenKeys.map((key) => depth + key));
  const options = {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[hidden]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
