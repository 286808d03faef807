/** The tests of `npm run test:ssrf`, which are part of the medium ones, without the servers that those bring up. */
import config from './jest.config.mjs';

const { globalSetup, globalTeardown, ...medium } = config.projects.find(
  ({ displayName }) => displayName === 'medium',
);

export default {
  projects: [
    { ...medium, displayName: 'ssrf', testMatch: ['<rootDir>/apps/fetcher/medium/ssrf.medium.spec.ts'] },
  ],
  testTimeout: config.testTimeout,
};
