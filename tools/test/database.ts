import { databaseName, dropDatabase, queryOnce, withDatabase } from './test-databases.js';

export interface TestDatabase {
  url: string;
  /** Connects as a superuser. Undefined on the server in TEST_DATABASE_URL. */
  superuserUrl?: string;
  drop(): Promise<void>;
}

/** Creates an empty database with both schemas. Drop it when the test file ends. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = setting('TEST_SERVER_URL');
  const template = new URL(setting('TEST_TEMPLATE_URL')).pathname.slice(1);
  const name = databaseName(setting('TEST_RUN'));
  // Three times as fast as the default, which writes every page to the write-ahead log.
  await queryOnce(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const superuserUrl = process.env.TEST_SUPERUSER_URL;
  return {
    url: withDatabase(serverUrl, name),
    superuserUrl: superuserUrl && withDatabase(superuserUrl, name),
    drop: () => dropDatabase(serverUrl, name),
  };
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(
      'There is no test database: name the file *.e2e-spec.ts or *.process-spec.ts, so that Jest starts one.',
    );
  }
  return value;
}
