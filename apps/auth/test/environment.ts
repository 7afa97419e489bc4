import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { closeAfterTests } from './teardown.js';

/** What browsers take the auth server to be, as if the web app stood in front of it. */
export const ORIGIN = 'http://app.test';

export const PASSWORD = 'correct horse battery';

/** The settings of an auth server on a database of its own. */
export function settings(databaseUrl: string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    NODE_ENV: 'test',
    AUTH_DATABASE_URL: databaseUrl,
    BETTER_AUTH_URL: ORIGIN,
    BETTER_AUTH_SECRET: 'only-for-tests-and-for-nothing-else-0123456789',
    API_URL: 'http://api.test',
    API_INTERNAL_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'silent',
    ...changes,
  };
}

/** A database of one's own, with the tables. */
export async function createDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  closeAfterTests(() => database.drop());
  return database;
}
