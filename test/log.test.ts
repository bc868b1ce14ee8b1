import { createLogger } from '../src/log';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger({ level: 'info' }, { write: (line) => lines.push(line) }));
  return JSON.parse(lines.join(''));
}

test('a line is JSON with level, time and message', () => {
  expect(logged((log) => log.info({ port: 3000 }, 'listening'))).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    port: 3000,
    msg: 'listening',
  });
});

test.each([
  ['a token', { token: 'secret-1' }],
  ['a header', { req: { headers: { authorization: 'Bearer secret-1' } } }],
  ['contact data of a request', { body: { data: { matching: { email: 'secret-1', phone: 'secret-1' } } } }],
  ['a database URL', { config: { databaseUrl: 'postgres://u:secret-1@h/d' } }],
])('%s is hidden', (_what, details) => {
  expect(JSON.stringify(logged((log) => log.info(details, 'x')))).not.toContain('secret-1');
});

test('an error is logged with its stack and its cause', () => {
  const line = logged((log) =>
    log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed'),
  );
  expect(line.err).toMatchObject({ message: 'outer: inner', stack: expect.stringContaining('log.test.ts') });
});
