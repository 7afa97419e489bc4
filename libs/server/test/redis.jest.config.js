import base from '../../../jest.config.js';

const [{ displayName: _, ...project }] = base.projects;

/** The tests that need a Redis server, which `npm test` does without. */
export default { ...project, rootDir: '../../..', testMatch: ['<rootDir>/libs/server/test/*.redis-spec.ts'] };
