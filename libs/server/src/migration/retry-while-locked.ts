import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../startup-error.js';

/** Statements that wait behind a migration get their lock before a request waits too long for a connection (1.5 s). */
const LOCK_TIMEOUT_MS = 1_000;
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000];
const POLL_INTERVAL_MS = 200;
const REPORT_INTERVAL_MS = 5_000;

/** SQLSTATE `lock_not_available` and `deadlock_detected`. */
const LOCK_ERRORS = new Set(['55P03', '40P01']);

/** Runs one statement and returns its rows. */
export type Query = (sql: string, parameters?: unknown[]) => Promise<Record<string, unknown>[]>;

export interface MigrationMonitor {
  /** What runs, for the messages: `api: CreateTasks1764000001000`. */
  name: string;
  /** Queries on another connection than the migration's. */
  query: Query;
  /** Waits between the attempts, one per retry. */
  retryDelaysMs?: number[];
}

/** The migration got no lock in any attempt. The message says who holds it, so it is printed without a stack trace. */
export class LockTimeoutError extends StartupError {}

/**
 * Runs a transaction with a `lock_timeout`, and again if it expires. A statement that waits for a table lock blocks all
 * later queries of the table, so a migration must not wait long.
 *
 * @param attempt one transaction; calls its argument first, with the queries of this transaction
 * @throws {LockTimeoutError} if the last attempt gets no lock
 */
export async function retryWhileLocked<T>(
  { name, query, retryDelaysMs = RETRY_DELAYS_MS }: MigrationMonitor,
  attempt: (limitLockWaits: (transaction: Query) => Promise<void>) => Promise<T>,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    const blockers = new BlockerWatch(query);
    try {
      return await attempt(async (transaction) => {
        const [row] = await transaction(
          `SELECT pg_backend_pid() AS pid, set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`,
        );
        blockers.start(row?.pid as number);
      });
    } catch (error) {
      if (!LOCK_ERRORS.has((error as { code?: string }).code ?? '')) {
        throw error;
      }
      const delayMs = retryDelaysMs[retries];
      const problem = `${name} got no lock within ${LOCK_TIMEOUT_MS / 1_000} s. ${blockers.description}`;
      if (delayMs === undefined) {
        throw new LockTimeoutError(
          `${problem} Nothing was changed after ${retries + 1} attempts. ` +
            'Wait until that session ends or terminate it, then run the migrations again.',
          { cause: error },
        );
      }
      console.error(
        `${problem} Retry ${retries + 1} of ${retryDelaysMs.length} in ${delayMs / 1_000} s; requests continue.`,
      );
      await sleep(delayMs);
    } finally {
      await blockers.stop();
    }
  }
}

/**
 * Runs a migration that can't be in a transaction, such as CREATE INDEX CONCURRENTLY. It may wait for long, because it
 * blocks neither reads nor writes. The log says who it waits for.
 */
export async function reportWhileLocked<T>(
  { name, query }: MigrationMonitor,
  connection: Query,
  task: () => Promise<T>,
): Promise<T> {
  const blockers = new BlockerWatch(query);
  const [row] = await connection('SELECT pg_backend_pid() AS pid');
  blockers.start(row?.pid as number);
  let reported = '';
  const timer = setInterval(() => {
    if (blockers.found && blockers.description !== reported) {
      reported = blockers.description;
      console.error(`${name} waits for a lock. ${reported} Reads and writes continue.`);
    }
  }, REPORT_INTERVAL_MS);
  try {
    return await task();
  } finally {
    clearInterval(timer);
    await blockers.stop();
  }
}

interface Blocker {
  pid: number;
  usename: string | null;
  application_name: string | null;
  backend_type: string | null;
  state: string | null;
  query_start: string | null;
}

/** Never selects the text of a query: it may contain users' data. `pid` is 0 for a prepared transaction. */
const BLOCKERS = `
  SELECT DISTINCT pid, usename, application_name, backend_type, state,
    to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS query_start
  FROM unnest(pg_blocking_pids($1)) AS blocker (pid) LEFT JOIN pg_stat_activity USING (pid)`;

/** Remembers who blocks a process. After the lock timeout, it no longer waits, and PostgreSQL can't say it any more. */
class BlockerWatch {
  private blockers: Blocker[] = [];
  private timer?: NodeJS.Timeout;
  private polling?: Promise<void>;

  constructor(private readonly query: Query) {}

  start(pid: number): void {
    this.timer = setInterval(() => {
      this.polling ??= this.poll(pid).finally(() => {
        this.polling = undefined;
      });
    }, POLL_INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.polling;
  }

  get found(): boolean {
    return this.blockers.length > 0;
  }

  get description(): string {
    return this.found
      ? `It is held by ${this.blockers.map(describe).join(', and by ')}.`
      : 'The session that holds it is unknown.';
  }

  private async poll(pid: number): Promise<void> {
    // The migration itself reports a lost database.
    const rows = await this.query(BLOCKERS, [pid]).catch(() => []);
    if (rows.length > 0) {
      this.blockers = rows as unknown as Blocker[];
    }
  }
}

function describe({ pid, usename, application_name, backend_type, state, query_start }: Blocker): string {
  if (pid === 0) {
    return 'a prepared transaction (see pg_prepared_xacts)';
  }
  const details = [
    application_name && `application "${application_name}"`,
    usename && `role "${usename}"`,
    backend_type !== 'client backend' && backend_type,
    state,
    query_start && `last query started at ${query_start}`,
  ].filter(Boolean);
  return details.length > 0 ? `process ${pid} (${details.join(', ')})` : `process ${pid}`;
}
