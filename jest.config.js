const decorators = {
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
  target: 'es2023',
};

// CommonJS packages require it, which is ESM alone: Jest cannot do that before Node 24.9.
const requiredEsm = '/node_modules/jose/';

const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: decorators, module: { type: 'es6' } }],
    [`${requiredEsm}.+\\.js$`]: ['@swc/jest', { module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`^(?!.*${requiredEsm}).*/node_modules/`],
  moduleNameMapper: {
    '^@app/(auth|server|tracing)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: [
    '<rootDir>/dist',
    '<rootDir>/.data',
    '<rootDir>/tools/generate/templates/',
    // web:start
    '<rootDir>/apps/web',
    // web:end
  ],
};

/** @type {import('jest').Config} */
export default {
  collectCoverageFrom: ['{apps/api,apps/auth,libs}/**/src/**/*.ts', '!**/*spec.ts'],
  coverageReporters: ['text-summary'],
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/**/*.spec.ts'] },
    {
      ...project,
      displayName: 'e2e',
      testMatch: ['<rootDir>/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/tools/test/global-setup.ts',
      globalTeardown: '<rootDir>/tools/test/global-teardown.ts',
    },
  ],
  // Many tests wait on purpose, for time-outs and signals: two cores are enough for three.
  maxWorkers: 3,
  testTimeout: 20_000,
};
