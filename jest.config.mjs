/**
 * One Jest run for the whole repository, in three sizes:
 *   unit    x.spec.ts beside the source: pure, no I/O
 *   medium  apps|packages/<name>/medium: one service against real PostgreSQL, PostGIS, NATS and scripted HTTP
 *   e2e     e2e/: all services as processes of their own
 * Packages are imported as their consumers import them (through their exports, from dist), so build first.
 */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // TypeScript writes './x.js' for './x.ts': inside our own sources the extension is dropped again.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.tidetable/'],
};

const stack = {
  globalSetup: '<rootDir>/packages/test-harness/jest/start-stack.mjs',
  globalTeardown: '<rootDir>/packages/test-harness/jest/stop-stack.mjs',
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,packages}/*/src/**/*.spec.ts', '<rootDir>/chaos/src/**/*.spec.ts'],
    },
    {
      ...shared,
      ...stack,
      displayName: 'medium',
      testMatch: ['<rootDir>/{apps,packages}/*/medium/**/*.medium.spec.ts'],
    },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/e2e/src/**/*.e2e.spec.ts'] },
  ],
  testTimeout: 60_000,
};
