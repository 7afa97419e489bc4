import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import pg from 'pg';

/** Of every database that tests make, told apart by the machine and the process that made them. */
const machine = `test_${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}`;

/** A name for a database of the test run `run`. */
export function databaseName(run: string): string {
  return `${run}_${randomBytes(6).toString('hex')}`;
}

export function newRun(): string {
  return `${machine}_${process.pid}`;
}

/** Runs one statement on the server, in a connection of its own. */
export async function queryOnce<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** Ends its connections first: `WITH (FORCE)` is refused while autovacuum, which is no role's, is at work in it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await queryOnce(
    serverUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = '${name}' AND pg_has_role(usesysid, 'USAGE')`,
  );
  await queryOnce(serverUrl, `DROP DATABASE IF EXISTS ${name}`);
}

/** Drops what this run made, and what runs of this machine made that ended without doing so. */
export async function dropLeftovers(serverUrl: string): Promise<void> {
  const databases = await queryOnce<{ datname: string }>(
    serverUrl,
    `SELECT datname FROM pg_database WHERE datname ~ '^${machine}_[0-9]+_'`,
  );
  for (const { datname } of databases) {
    const pid = Number(datname.split('_')[2]);
    if (pid === process.pid || !isAlive(pid)) {
      await dropDatabase(serverUrl, datname);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
