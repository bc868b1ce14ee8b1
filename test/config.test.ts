import { ConfigError, readConfig, requireServers, settings, variableOf } from '../src/config';

test('without any variable the defaults hold', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    temporalPort: 7233,
    temporalUiPort: 8233,
    postgresPort: 5433,
    dataDir: '.data',
    demoToken: 'demo-token',
    temporalNamespace: 'default',
    requestTimeoutMs: 10_000,
  });
});

test('variables are read, an empty one counts as absent, and nothing can be changed afterwards', () => {
  const config = readConfig({
    PORT: '0',
    TEMPORAL_UI_PORT: '',
    TEMPORAL_TLS: 'true',
    DATABASE_URL: 'postgres://h/d',
  });
  expect(config).toMatchObject({
    port: 0,
    temporalUiPort: 8233,
    temporalTls: true,
    databaseUrl: 'postgres://h/d',
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test.each([
  ['PORT', 'abc', 'PORT is "abc"; expected a whole number'],
  ['PORT', '3000.5', 'PORT is "3000.5"; expected a whole number'],
  ['PORT', '-1', 'PORT is "-1"; expected a whole number'],
  ['POSTGRES_PORT', '65536', 'POSTGRES_PORT is "65536"; expected at most 65535'],
  ['DATABASE_POOL_SIZE', '1', 'DATABASE_POOL_SIZE is "1"; expected at least 2'],
  [
    'TEMPORAL_ADDRESS',
    'localhost',
    'TEMPORAL_ADDRESS is "localhost"; expected host:port, such as 127.0.0.1:7233',
  ],
  ['TEMPORAL_TLS', 'yes', 'TEMPORAL_TLS is "yes"; expected one of true, false'],
  ['LOG_LEVEL', 'loud', 'expected one of fatal, error, warn, info, debug, trace, silent'],
])('%s=%s is refused', (variable, value, message) => {
  expect(() => readConfig({ [variable]: value })).toThrow(message);
});

test('every bad variable is named at once, and what is secret is not shown', () => {
  const env = { PORT: 'x', DATABASE_URL: 'mysql://me:hidden@host/db', DEMO_TOKEN: 'short' };
  expect(() => readConfig(env)).toThrow(
    new ConfigError(
      [
        'DATABASE_URL is a value not shown here; ' +
          'expected a URL such as postgres://user:password@host:5432/name',
        'PORT is "x"; expected a whole number',
        'DEMO_TOKEN is a value not shown here; expected at least 8 characters',
      ].join('\n'),
    ),
  );
});

test('a process without servers of its own names those it was not given', () => {
  expect(() => requireServers(readConfig({ TEMPORAL_ADDRESS: 'h:1' }))).toThrow(
    /^DATABASE_URL is required here$/,
  );
  const given = readConfig({ TEMPORAL_ADDRESS: 'h:1', DATABASE_URL: 'postgres://h/d' });
  expect(requireServers(given)).toMatchObject({ temporalAddress: 'h:1', databaseUrl: 'postgres://h/d' });
});

test('every setting is described, for the table in the documentation', () => {
  const undescribed = Object.entries(settings.shape).filter(([, schema]) => !schema.description);
  expect(undescribed.map(([setting]) => variableOf(setting))).toEqual([]);
});
