import { isReadOnlyError, observePool } from '@app/server/postgres';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { recordDatabaseError } from './database-errors.js';

export type Database = Kysely<unknown>;

export const DATABASE = Symbol('Database');

/** The PostgreSQL schema of all tables of the auth server. */
export const SCHEMA = 'auth';

/** Together below 5 s, so that a request fails with 503 within that time when the database doesn't respond. */
export const databaseTimeouts = { connectionMs: 1_500, queryMs: 3_000 };
/** No request waits for a start or a migration, and several programs may start at once on a busy machine. */
const START_CONNECTION_TIMEOUT_MS = 10_000;

export interface DatabaseOptions {
  url: string;
  poolSize: number;
  /** Called when a connection breaks while it is idle. */
  onIdleError?: (error: Error) => void;
  /** Time limit of one statement. 0 disables it, for example for migrations. */
  queryTimeoutMs?: number;
}

/**
 * Creates a connection pool; `destroy()` closes it. The pool uses no named statements and no startup parameters, so it
 * also works through a pooler such as PgBouncer.
 */
export function connectDatabase({
  url,
  poolSize,
  onIdleError,
  queryTimeoutMs = databaseTimeouts.queryMs,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: START_CONNECTION_TIMEOUT_MS,
    query_timeout: queryTimeoutMs,
  });
  pool.once('connect', () => {
    pool.options.connectionTimeoutMillis = databaseTimeouts.connectionMs;
  });
  pool.on('error', (error) => onIdleError?.(error));
  return new Kysely({ dialect: new PostgresDialect({ pool: new MonitoredPool(pool) }) });
}

/** Records errors, and removes a connection from the pool that broke, timed out or leads to a read-only server. */
class MonitoredPool implements PostgresPool {
  private readonly unobserve: () => void;

  constructor(private readonly pool: pg.Pool) {
    this.unobserve = observePool(pool);
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.pool.connect().catch(recordDatabaseError);
    let failure: Error | undefined;
    const onError = (error: Error) => {
      failure ??= error;
    };
    const query = async (sql: string, parameters: readonly unknown[]) => {
      // The ROLLBACK after a statement that timed out would wait for its own timeout.
      if (failure) {
        return recordDatabaseError(failure);
      }
      return client.query(sql, [...parameters]).catch((error: Error) => {
        if (!(error instanceof pg.DatabaseError) || isReadOnlyError(error)) {
          onError(error);
        }
        return recordDatabaseError(error);
      });
    };
    const release = () => {
      client.off('error', onError);
      client.release(failure);
    };
    // Without a listener, a connection that breaks between two statements of a transaction would crash the process.
    client.on('error', onError);
    return { query, release } as unknown as PostgresPoolClient;
  }

  end(): Promise<void> {
    this.unobserve();
    return this.pool.end();
  }
}
