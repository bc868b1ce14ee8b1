/** What a test file may know of the servers of its run. */
type Servers = {
  /** A superuser's connection to the test server; the databases of tests are beside the one it names. */
  postgresUrl: string;
  /** host:port of the Temporal frontend; the namespace is `default`. */
  temporalAddress: string;
  /** The workflows as one JavaScript file, as a production build has it. */
  workflowBundlePath: string;
};

type Stoppable = { stop(): Promise<void> };
export type Running = { postgres: Stoppable; temporal: Stoppable; folder: string };

/** What was started and is to be ended, between the set-up and the teardown of a run. */
export const running: Partial<Running> = {};

/** A migrated database that nobody may connect to, for `createDatabase` to clone. */
export const templateDatabase = 'loyalty_template';

/** Called once before the test files: they run in processes that inherit the environment. */
export function shareServers(servers: Servers): void {
  process.env.TEST_SERVERS = JSON.stringify(servers);
}

/** The servers of this run. */
export function testServers(): Servers {
  const servers = process.env.TEST_SERVERS;
  if (!servers)
    throw new Error('No test servers: is this folder in the list of `pure` tests in jest.config.js?');
  return JSON.parse(servers) as Servers;
}
