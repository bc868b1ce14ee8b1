import { join } from 'node:path';
import { z } from 'zod';

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const port = whole(0, 65_535);
const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/\S+$/, 'a URL such as postgres://user:password@host:5432/name');
const hostAndPort = z.string().regex(/^\S+:\d+$/, 'host:port, such as 127.0.0.1:7233');
const flag = z.enum(['true', 'false'], { error: 'true or false' }).transform((text) => text === 'true');
const timeoutMs = whole(1_000, 600_000);

/** Every setting there is: `requestTimeoutMs` is read from the variable REQUEST_TIMEOUT_MS, and so on. */
export const settings = z.object({
  databaseUrl: postgresUrl
    .optional()
    .describe('Postgres 18 to use, as a URL. Required in production; without it `npm start` runs its own.'),
  databasePoolSize: whole(2, 500).default(10).describe('Database connections of one process.'),
  temporalAddress: hostAndPort
    .optional()
    .describe('Temporal frontend, host:port. Required in production; without it `npm start` runs its own.'),
  temporalNamespace: z.string().default('default').describe('Temporal namespace.'),
  temporalTls: flag
    .optional()
    .describe('Connect to Temporal with TLS: true or false. An API key turns it on.'),
  temporalApiKey: z.string().optional().describe('API key for Temporal Cloud.'),
  temporalTaskQueue: z
    .string()
    .regex(/^[\w-]+$/, 'letters, digits, _ and -')
    .default('loyalty')
    .describe(
      'Prefix of the task queues: NAME-ledger, NAME-holds, NAME-jobs, NAME-webhooks, NAME-scenarios.',
    ),
  temporalCli: z.string().optional().describe('Path of the `temporal` program for the embedded start.'),
  host: z.string().default('127.0.0.1').describe('Address the API listens on; 0.0.0.0 in a container.'),
  port: port.default(3000).describe('Port of the API. 0 means any free port, here and below.'),
  temporalPort: port.default(7233).describe('Port of the embedded Temporal.'),
  temporalUiPort: port.default(8233).describe("Port of the embedded Temporal's UI."),
  postgresPort: port.default(5433).describe('Port of the embedded Postgres.'),
  dataDir: z.string().default('.data').describe('Folder of the embedded servers: their data and downloads.'),
  exportDir: z
    .string()
    .optional()
    .describe('Folder of the files of exports; API and workers share it. Default: `exports` in `DATA_DIR`.'),
  s3Bucket: z
    .string()
    .optional()
    .describe('Bucket for the files of exports, of S3 or a compatible store, instead of `EXPORT_DIR`.'),
  s3Region: z.string().optional().describe('Region of the bucket; needed with `S3_BUCKET`.'),
  s3Endpoint: z
    .url({ protocol: /^https?$/, error: 'a URL such as https://s3.example.com' })
    .optional()
    .describe('Where the store is, if it is not that of AWS.'),
  s3AccessKeyId: z
    .string()
    .optional()
    .describe('Key for the bucket. Without it, the one that the AWS SDK finds, such as that of an IAM role.'),
  s3SecretAccessKey: z.string().optional().describe('The secret that belongs to `S3_ACCESS_KEY_ID`.'),
  exportKeepSec: whole(1, 31_536_000)
    .default(604_800)
    .describe('How long the file of an export can be fetched, from when it is written.'),
  demoToken: z
    .string()
    .min(8)
    .default('demo-token')
    .describe('API token of the demo data (embedded start only).'),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .optional()
    .describe('Least level that is logged. Default: info; warn in the embedded start.'),
  expiryIntervalSec: whole(0, 86_400)
    .default(300)
    .describe('How often lapsed points are written off, in seconds. 0: no schedule is made.'),
  exportCleanIntervalSec: whole(0, 86_400)
    .default(300)
    .describe(
      'How often expired files of exports are looked for, and persons who were deleted erased from the ' +
        'others, in seconds. 0: no schedule is made.',
    ),
  eventsKeepDays: whole(0, 36_500)
    .default(90)
    .describe('How many days events can be read; 0: for ever. Those older are deleted, once an hour.'),
  enrolIntervalSec: whole(0, 86_400)
    .default(60)
    .describe(
      'How often programs that take members in by themselves look for those left over, in seconds. 0: no ' +
        'schedule is made.',
    ),
  scenarioOpenWaitSec: whole(0, 2_592_000)
    .default(3_600)
    .describe('Runs of scenarios that wait longer than this, in seconds, close their workflow meanwhile.'),
  webhooksAllowPrivate: flag
    .optional()
    .describe(
      'Webhooks may go to private addresses and without TLS: true or false. Default: false; true in the ' +
        'embedded start.',
    ),
  tierIntervalSec: whole(0, 86_400)
    .default(300)
    .describe('How often it is looked for tiers to be lost, in seconds. 0: no schedule is made.'),
  requestTimeoutMs: timeoutMs
    .default(10_000)
    .describe('Longest a caller waits for an answer before it gets 503.'),
  shutdownTimeoutMs: timeoutMs
    .default(10_000)
    .describe('Longest a process takes to finish its work when told to stop.'),
});

export type Config = Readonly<z.infer<typeof settings>>;

/** The settings once both servers are known: what API and worker run on. */
export type ServiceConfig = Config & { readonly databaseUrl: string; readonly temporalAddress: string };

/** Thrown when the environment cannot be used; the message has one line per bad variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const secrets = new Set(['DATABASE_URL', 'TEMPORAL_API_KEY', 'DEMO_TOKEN', 'S3_SECRET_ACCESS_KEY']);

/** The name of the environment variable behind a setting: `temporalUiPort` gives `TEMPORAL_UI_PORT`. */
export function variableOf(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Reads the settings from environment variables; an empty variable counts as absent.
 * Throws ConfigError naming every bad variable, what came and what was expected.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.keys(settings.shape).map((setting) => [
    setting,
    env[variableOf(setting)] || undefined,
  ]);
  const result = settings.safeParse(Object.fromEntries(given));
  const complaints = result.success
    ? complaintsAboutBucket(result.data)
    : result.error.issues.map((issue) => complaint(issue, env));
  if (!result.success || complaints.length > 0) throw new ConfigError(complaints.join('\n'));
  return Object.freeze(result.data);
}

/** Settings that mean something only together. */
function complaintsAboutBucket(config: Config): string[] {
  const needs = (setting: keyof Config, other: keyof Config) =>
    config[setting] !== undefined && config[other] === undefined
      ? [`${variableOf(other)} is required with ${variableOf(setting)}`]
      : [];
  const isDouble = config.s3Bucket !== undefined && config.exportDir !== undefined;
  return [
    ...needs('s3Region', 's3Bucket'),
    ...needs('s3Endpoint', 's3Bucket'),
    ...needs('s3AccessKeyId', 's3Bucket'),
    ...needs('s3Bucket', 's3Region'),
    ...needs('s3AccessKeyId', 's3SecretAccessKey'),
    ...needs('s3SecretAccessKey', 's3AccessKeyId'),
    ...(isDouble ? ['EXPORT_DIR and S3_BUCKET are both set; files are kept in one of them'] : []),
  ];
}

/** Where the files of exports are kept. */
export function filePlace(config: Config) {
  const { s3Bucket, s3Region, s3Endpoint, s3AccessKeyId, s3SecretAccessKey } = config;
  if (s3Bucket === undefined || s3Region === undefined) {
    return { folder: config.exportDir ?? join(config.dataDir, 'exports') };
  }
  const key =
    s3AccessKeyId !== undefined && s3SecretAccessKey !== undefined
      ? { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey }
      : undefined;
  return { bucket: { name: s3Bucket, region: s3Region, endpoint: s3Endpoint, key } };
}

/** The environment as it is, for program files that refer to it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/**
 * The settings of a process that owns no servers.
 * Throws ConfigError when DATABASE_URL or TEMPORAL_ADDRESS is missing.
 */
export function requireServers(config: Config): ServiceConfig {
  const { databaseUrl, temporalAddress } = config;
  if (databaseUrl && temporalAddress) return { ...config, databaseUrl, temporalAddress };
  const missing = [databaseUrl ? [] : 'databaseUrl', temporalAddress ? [] : 'temporalAddress'].flat();
  throw new ConfigError(missing.map((setting) => `${variableOf(setting)} is required here`).join('\n'));
}

function complaint(issue: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const variable = variableOf(String(issue.path[0]));
  const came = secrets.has(variable) ? 'a value not shown here' : JSON.stringify(env[variable]);
  return `${variable} is ${came}; expected ${expectation(issue)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small')
    return `at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return issue.message;
}
