const decorators = {
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
  target: 'es2023',
};

// CommonJS packages require this ESM package, which Jest supports only on Node 24.9 and later.
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
    '^@app/server/(environment|postgres)$': '<rootDir>/libs/server/src/$1/index.ts',
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

const withPostgres = {
  ...project,
  globalSetup: '<rootDir>/tools/test/global-setup.ts',
  globalTeardown: '<rootDir>/tools/test/global-teardown.ts',
};

/** @type {import('jest').Config} */
export default {
  collectCoverageFrom: ['{apps/api,apps/auth,libs}/**/src/**/*.ts', '!**/*spec.ts'],
  coverageReporters: ['text-summary'],
  projects: [
    { ...project, displayName: 'unit', testMatch: ['<rootDir>/**/*.spec.ts'] },
    { ...withPostgres, displayName: 'e2e', testMatch: ['<rootDir>/**/*.e2e-spec.ts'] },
    { ...withPostgres, displayName: 'processes', testMatch: ['<rootDir>/**/*.process-spec.ts'] },
  ],
  // Many tests wait for timeouts and signals, so two cores can run three workers.
  maxWorkers: 3,
  // Ends a test that hangs. No test should reach it on a busy machine.
  testTimeout: 60_000,
};
