import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { runProgram } from '../run-program.js';
import { superuser } from '../postgres/cluster.js';
import { startThrowawayPostgres } from '../postgres/embedded-postgres.js';
import { withoutSettings } from './environment.js';
import { databaseName, dropLeftovers, newRun, queryOnce, withDatabase } from './test-databases.js';

/**
 * Runs a PostgreSQL server for the tests until the parent process disconnects or dies. The tests clone a template database
 * with both schemas. The server is a throw-away one, or the one in TEST_DATABASE_URL. `.env` and DATABASE_URL are not
 * read.
 */
const migrations = ['apps/api/src/migrate.ts', 'apps/auth/src/migrate.ts'];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {});
}
const released = once(process, 'disconnect');

const environment = withoutSettings(process.env);
const { url: serverUrl, superuserUrl, stop } = await startServer();
try {
  const run = newRun();
  const template = await makeTemplate(run);
  process.send?.({
    set: {
      TEST_SERVER_URL: serverUrl,
      TEST_RUN: run,
      TEST_TEMPLATE_URL: template,
      ...(superuserUrl && { TEST_SUPERUSER_URL: superuserUrl }),
    },
    unset: Object.keys(process.env).filter((name) => !(name in environment)),
  });
  await released;
} finally {
  await stop();
}
process.exit();

async function startServer(): Promise<{ url: string; superuserUrl?: string; stop(): Promise<void> }> {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) {
    const server = await startThrowawayPostgres();
    return { ...server, superuserUrl: Object.assign(new URL(server.url), { username: superuser }).href };
  }
  await dropLeftovers(url);
  return { url, stop: () => dropLeftovers(url) };
}

async function makeTemplate(run: string): Promise<string> {
  const name = databaseName(run);
  const url = withDatabase(serverUrl, name);
  await queryOnce(serverUrl, `CREATE DATABASE ${name}`);
  await Promise.all(
    migrations
      .filter((file) => existsSync(file))
      .map((file) => runProgram(file, { env: { ...environment, DATABASE_URL: url } })),
  );
  // A database can be cloned only while it has no connections, and a pooler keeps its connections open.
  await queryOnce(serverUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await queryOnce(
    serverUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
  return url;
}
