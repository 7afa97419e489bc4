import base from '../../jest.config.js';

const { displayName: _, ...project } = base.projects.find(({ displayName }) => displayName === 'e2e');

/** The tests that need a Redis server (Debian: apt-get install redis-server), which `npm test` does without. */
export default {
  ...project,
  rootDir: '../..',
  testMatch: ['<rootDir>/{apps,libs}/*/test/*.redis-spec.ts'],
  testTimeout: 20_000,
};
