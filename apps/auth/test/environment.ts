import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { closeAfterTests } from './teardown.js';

/** The public origin of the auth server, which in production is the web app's. */
export const ORIGIN = 'http://app.test';

export const PASSWORD = 'correct horse battery';

/** Returns the environment variables of an auth server that uses this database. */
export function testEnvironment(
  databaseUrl: string,
  overrides: Record<string, string> = {},
): Record<string, string> {
  return {
    NODE_ENV: 'test',
    AUTH_DATABASE_URL: databaseUrl,
    BETTER_AUTH_URL: ORIGIN,
    BETTER_AUTH_SECRET: 'only-for-tests-and-for-nothing-else-0123456789',
    API_URL: 'http://api.test',
    API_INTERNAL_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'silent',
    ...overrides,
  };
}

/** Creates a migrated, empty database that `teardown` drops. */
export async function createDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  closeAfterTests(() => database.drop());
  return database;
}
