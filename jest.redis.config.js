import base from './jest.config.js';

const { displayName: _, ...project } = base.projects.find(({ displayName }) => displayName === 'e2e');

/** `npm run test:redis`: the tests that need redis-server (Debian: apt-get install redis-server). */
export default {
  ...project,
  testMatch: ['<rootDir>/{apps,libs}/*/test/*.redis-spec.ts'],
  testTimeout: 60_000,
};
