import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import pg from 'pg';

/** The prefix of all test databases of this machine. */
const machine = `test_${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}`;

/** Returns a new name for a database of a test run. */
export function databaseName(run: string): string {
  return `${run}_${randomBytes(6).toString('hex')}`;
}

export function newRun(): string {
  return `${machine}_${process.pid}`;
}

/** Runs one statement in a new connection. */
export async function queryOnce<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Returns the URL of another database on the same server. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** Ends the connections first: `WITH (FORCE)` fails while autovacuum, which has no role, runs in the database. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await queryOnce(
    serverUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = '${name}' AND pg_has_role(usesysid, 'USAGE')`,
  );
  await queryOnce(serverUrl, `DROP DATABASE IF EXISTS ${name}`);
}

/** Drops the databases of this run and of runs on this machine that died, then their roles of owner scopes. */
export async function dropLeftovers(serverUrl: string): Promise<void> {
  const databases = await queryOnce<{ name: string }>(
    serverUrl,
    `SELECT datname AS name FROM pg_database WHERE datname ~ '^${machine}_[0-9]+_'`,
  );
  for (const { name } of databases.filter(isLeftover)) {
    await dropDatabase(serverUrl, name);
  }
  const roles = await queryOnce<{ name: string }>(
    serverUrl,
    `SELECT rolname AS name FROM pg_roles WHERE rolname ~ '^${machine}_[0-9]+_'`,
  );
  for (const { name } of roles.filter(isLeftover)) {
    await queryOnce(serverUrl, `DROP ROLE IF EXISTS ${name}`);
  }
}

function isLeftover({ name }: { name: string }): boolean {
  const pid = Number(name.split('_')[2]);
  return pid === process.pid || !isAlive(pid);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
