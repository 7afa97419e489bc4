import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import pg from 'pg';
import { nativeDirectory } from './binaries.js';
import { type Cluster, openCluster, rememberPort, serverProgram, superuser } from './cluster.js';
import { launch, readPostmaster, removeStaleLock } from './postmaster.js';
import { serverAccount } from './server-account.js';

export interface PostgresOptions {
  /** The folder of the data. Its password and its log are next to it. */
  dataDirectory: string;
  /** Default: the port of the last start, or a free one. */
  port?: number;
}

export interface EmbeddedPostgres {
  /** Connects to the database `app` as its owner, which is not a superuser. Migrations use it. */
  url: string;
  /** Connect to the same database as the roles of the two servers. */
  appUrls: { api: string; auth: string };
  port: number;
  /** Resolves when the server stops before `stop` is called. */
  lost: Promise<void>;
  /** Stops the server, unless other processes use it. */
  stop(): Promise<void>;
}

/** Each process that uses the server takes this advisory lock, shared, in the database `postgres`. */
const usersLock = 7_301_946;
/** Held exclusively while roles and the database are created. */
const setupLock = 7_301_947;
const startTimeoutMs = 60_000;

const throwaway = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
};

/**
 * Starts the PostgreSQL server that npm installed, or joins the one that already uses the same data. It listens only on the
 * loopback interface, requires a password, and stops when the last process that uses it ends, even if that is killed.
 *
 * @throws Error with a message for the terminal.
 */
export async function startPostgres({ dataDirectory, port }: PostgresOptions): Promise<EmbeddedPostgres> {
  return start(openClusterAt(dataDirectory), { port });
}

/**
 * Starts a server for tests. It is fast and not crash-safe, and `stop` deletes its data.
 *
 * @param options.copyOf the folder of a stopped server of `startTemplatePostgres`, with whose data it starts
 */
export async function startThrowawayPostgres({
  copyOf,
}: { copyOf?: string } = {}): Promise<EmbeddedPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'throwaway-postgres-'));
  if (copyOf) {
    cpSync(copyOf, directory, { recursive: true });
    // Node 24 does not copy the mode of a folder, and PostgreSQL requires this one.
    chmodSync(join(directory, 'data'), 0o700);
  }
  return start(openClusterAt(join(directory, 'data'), throwaway), {
    port: await getPort(),
    remove: directory,
  });
}

/** Starts a server like `startThrowawayPostgres` whose `stop` keeps its data. */
export async function startTemplatePostgres(directory: string): Promise<EmbeddedPostgres> {
  return start(openClusterAt(join(directory, 'data'), throwaway), {});
}

function openClusterAt(path: string, settings?: Record<string, string>): Cluster {
  const directory = resolve(path);
  mkdirSync(dirname(directory), { recursive: true });
  return openCluster(serverAccount(nativeDirectory(), directory), directory, settings);
}

async function start(
  cluster: Cluster,
  { port, remove }: { port?: number; remove?: string },
): Promise<EmbeddedPostgres> {
  const session = await connect(cluster, port ?? cluster.port);
  let watchdog = startWatchdog(cluster, session, remove);
  let stopping = false;
  const lost = new Promise<void>((settle) => session.client.once('end', () => stopping || settle()));
  await createDatabase(session.client, cluster.password);
  session.client.unref();
  const urlOf = (role: string) => `postgres://${role}:${cluster.password}@127.0.0.1:${session.port}/app`;
  return {
    url: urlOf('app'),
    appUrls: { api: urlOf('api'), auth: urlOf('auth') },
    port: session.port,
    lost,
    async stop() {
      stopping = true;
      session.client.ref();
      await session.client.end();
      if (watchdog.exitCode !== null || watchdog.signalCode !== null) {
        watchdog = startWatchdog(cluster, session, remove);
      }
      const stopped = once(watchdog, 'exit');
      watchdog.ref();
      watchdog.stdin?.end();
      await stopped;
    },
  };
}

/** `pg.Client` has these members, but its types lack them. */
type SessionClient = pg.Client & { processID: number; ref(): void; unref(): void };

interface Session {
  client: SessionClient;
  port: number;
}

/** Joins the running server, or starts one. */
async function connect(cluster: Cluster, preferredPort?: number): Promise<Session> {
  const deadline = performance.now() + startTimeoutMs;
  let lastLog = '';
  let port = preferredPort;
  while (performance.now() < deadline) {
    const postmaster = readPostmaster(cluster.account.dataDirectory);
    const client = postmaster?.ready && (await openSession(connectionOf(cluster, postmaster.port)));
    if (postmaster && client) {
      if (postmaster.port !== cluster.port) {
        rememberPort(cluster, postmaster.port);
      }
      return { client, port: postmaster.port };
    }
    const failure = await launch(cluster, (port ??= await getPort()));
    if (failure === undefined) {
      continue;
    }
    lastLog = failure;
    if (/could not bind/.test(failure)) {
      port = undefined;
    }
    // For about a second after a server was killed, its child processes still hold its locks.
    else if (/lock file|shared memory block/.test(failure)) {
      removeStaleLock(cluster);
    } else {
      break;
    }
    await sleep(200);
  }
  throw new Error(
    `PostgreSQL failed to start in ${cluster.account.dataDirectory} (${fatal(lastLog)}): see ${cluster.logFile}.`,
  );
}

/** Connects and takes the lock. Returns undefined if the server is not running or is shutting down. */
async function openSession(connection: pg.ClientConfig): Promise<SessionClient | undefined> {
  const client = new pg.Client(connection) as SessionClient;
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock_shared($1)', [usersLock]);
  } catch {
    await client.end().catch(() => {});
    return undefined;
  }
  return client;
}

function connectionOf({ password }: Cluster, port: number): pg.ClientConfig {
  return { host: '127.0.0.1', port, user: superuser, password, database: 'postgres', ssl: false };
}

function startWatchdog(cluster: Cluster, { client, port }: Session, remove?: string): ChildProcess {
  const program = fileURLToPath(new URL('watchdog.js', import.meta.url));
  const watchdog = spawn(process.execPath, [program], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  watchdog.stdin?.write(
    JSON.stringify({
      connection: connectionOf(cluster, port),
      lock: usersLock,
      session: client.processID,
      stop: serverProgram(cluster, 'pg_ctl', [
        'stop',
        '--wait',
        `--mode=${remove ? 'immediate' : 'fast'}`,
        `--pgdata=${cluster.account.dataDirectory}`,
      ]),
      remove,
    }),
  );
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return watchdog;
}

/** Creates the database and its roles. A cluster of an earlier version has only the role `app`, without CREATEROLE. */
async function createDatabase(client: pg.Client, password: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [setupLock]);
  const { rows } = await client.query<{ rolname: string; rolcreaterole: boolean }>(
    "SELECT rolname, rolcreaterole FROM pg_roles WHERE rolname IN ('app', 'api', 'auth')",
  );
  const owner = rows.find(({ rolname }) => rolname === 'app');
  if (!owner?.rolcreaterole) {
    await client.query(
      owner
        ? 'ALTER ROLE app CREATEROLE'
        : `CREATE ROLE app LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
    );
  }
  for (const role of ['api', 'auth'].filter((name) => !rows.some(({ rolname }) => rolname === name))) {
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD '${password}'; GRANT ${role} TO app WITH SET TRUE`,
    );
  }
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'app'");
  if (!rowCount) {
    await client.query('CREATE DATABASE app OWNER app');
  }
  await client.query('SELECT pg_advisory_unlock($1)', [setupLock]);
}

function fatal(log: string): string {
  const lines = log.trim().split('\n');
  return (lines.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? lines.at(-1) ?? '').trim();
}
