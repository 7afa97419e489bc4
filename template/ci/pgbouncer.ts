import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import pg from 'pg';
import { superuser } from '../../tools/postgres/cluster.js';
import { withDatabase } from '../../tools/test/test-databases.js';

/** PgBouncer does not run as root. */
const NOBODY = 65_534;

export interface PgBouncer {
  /** Connects to the same database as the same user, through PgBouncer. */
  url: string;
  /** Returns the number of transactions so far. */
  transactions(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts PgBouncer in transaction mode in front of all databases of an embedded PostgreSQL server. Its roles log in with
 * their own passwords.
 *
 * @param connections the pool size of each database
 */
export async function startPgBouncer(serverUrl: string, connections = 20): Promise<PgBouncer> {
  const server = new URL(serverUrl);
  const directory = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  const port = await getPort();
  const users = join(directory, 'users.txt');
  const settings = join(directory, 'pgbouncer.ini');
  const password = decodeURIComponent(server.password);
  writeFileSync(users, [server.username, superuser].map((name) => `"${name}" "${password}"\n`).join(''));
  writeFileSync(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
auth_user = ${superuser}
auth_query = SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1
stats_users = ${server.username}
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 2000
server_idle_timeout = 1
log_connections = 0
log_disconnections = 0
log_stats = 0
`,
  );
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  for (const path of [directory, users, settings]) {
    chmodSync(path, path === directory ? 0o700 : 0o600);
    if (account.uid) {
      chownSync(path, account.uid, account.gid);
    }
  }
  const pooler = spawn('pgbouncer', ['--quiet', settings], {
    ...account,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(pooler, 'exit');
  await once(pooler, 'spawn');
  server.port = String(port);
  const administration = withDatabase(server.href, 'pgbouncer');
  while (!(await showStats(administration).catch(() => undefined))) {
    if (pooler.exitCode !== null) {
      throw new Error('PgBouncer failed to start.');
    }
    await sleep(50);
  }
  return {
    url: server.href,
    async transactions() {
      const rows = await showStats(administration);
      return rows.reduce((sum, { total_xact_count }) => sum + Number(total_xact_count), 0);
    },
    async stop() {
      pooler.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function showStats(administration: string): Promise<{ total_xact_count: string }[]> {
  const client = new pg.Client(administration);
  await client.connect();
  try {
    return (await client.query('SHOW STATS')).rows;
  } finally {
    await client.end();
  }
}
