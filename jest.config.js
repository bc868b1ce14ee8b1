const project = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
};

/** Folders of tests that need no server, and so answer at once; those in `test` itself need none either. */
const pure = 'domain|contract|http';

module.exports = {
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: [
    { ...project, displayName: 'pure', testRegex: [`/test/((${pure})/.*)?[^/]+\\.test\\.ts$`] },
    {
      ...project,
      displayName: 'service',
      testRegex: [`/test/(?!(${pure})/)[^/]+/.*\\.test\\.ts$`],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
