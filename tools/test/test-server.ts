import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { runProgram } from '../run-program.js';
import { superuser } from '../postgres/cluster.js';
import { withoutSettings } from './environment.js';
import { startMigratedPostgres } from './migrated-postgres.js';
import { databaseName, dropLeftovers, newRun, queryOnce, withDatabase } from './test-databases.js';

/**
 * Runs a PostgreSQL server for the tests until the parent process disconnects or dies. The tests clone a template database
 * with both schemas. The server is a throw-away one, or the one in TEST_DATABASE_URL. `.env` and DATABASE_URL are not
 * read.
 */
const programs = ['apps/api/src/migrate.ts', 'apps/auth/src/migrate.ts'].filter((file) => existsSync(file));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {});
}
const released = once(process, 'disconnect');

const environment = withoutSettings(process.env);
const run = newRun();
const server = await startServer();
try {
  process.send?.({
    set: {
      TEST_SERVER_URL: server.url,
      TEST_RUN: run,
      TEST_TEMPLATE_URL: withDatabase(server.url, server.template),
      ...(server.superuserUrl && { TEST_SUPERUSER_URL: server.superuserUrl }),
    },
    unset: Object.keys(process.env).filter((name) => !(name in environment)),
  });
  await released;
} finally {
  await server.stop();
}
process.exit();

async function startServer() {
  const ownUrl = process.env.TEST_DATABASE_URL;
  if (ownUrl) {
    await dropLeftovers(ownUrl);
    const template = databaseName(run);
    await createTemplate(ownUrl, template);
    return { url: ownUrl, superuserUrl: undefined, template, stop: () => dropLeftovers(ownUrl) };
  }
  const template = 'test_template';
  const { url, stop } = await startMigratedPostgres(programs, (newUrl) => createTemplate(newUrl, template));
  return { url, superuserUrl: Object.assign(new URL(url), { username: superuser }).href, template, stop };
}

/** Creates a database with both schemas, which test files clone. */
async function createTemplate(serverUrl: string, name: string): Promise<void> {
  const url = withDatabase(serverUrl, name);
  await queryOnce(serverUrl, `CREATE DATABASE ${name}`);
  await Promise.all(programs.map((file) => runProgram(file, { env: { ...environment, DATABASE_URL: url } })));
  // A database can be cloned only while it has no connections, and a pooler keeps its connections open.
  await queryOnce(serverUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await queryOnce(
    serverUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
}
