import { observePool } from '@app/server';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { noteDatabaseError } from './database-errors.js';

export type Database = Kysely<unknown>;

export const DATABASE = Symbol('Database');

/** The schema that every table of the auth server is in. */
export const SCHEMA = 'auth';

/** How long a request waits for a connection, and then for a statement: together less than the 5 s that it may take. */
const CONNECTION_TIMEOUT_MS = 1_500;
const STATEMENT_TIMEOUT_MS = 3_000;

export interface DatabaseOptions {
  url: string;
  poolSize: number;
  /** Told about a connection that broke while nobody used it. */
  onIdleError?: (error: Error) => void;
  /** False for programs such as migrations, which may take their time. */
  timeLimited?: boolean;
}

/**
 * A pool of connections to Postgres, opened as they are needed. It sends no named statement and no start-up parameter,
 * so that any pooler can stand in between. `destroy()` closes it.
 */
export function connectDatabase({
  url,
  poolSize,
  onIdleError,
  timeLimited = true,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    ...(timeLimited && { query_timeout: STATEMENT_TIMEOUT_MS }),
  });
  pool.on('error', (error) => onIdleError?.(error));
  return new Kysely({ dialect: new PostgresDialect({ pool: new WatchedPool(pool) }) });
}

/** Notes what goes wrong, and never hands out again a connection that broke or whose answer did not come. */
class WatchedPool implements PostgresPool {
  private readonly unobserve: () => void;

  constructor(private readonly pool: pg.Pool) {
    this.unobserve = observePool(pool);
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.pool.connect().catch(noteDatabaseError);
    let broken = false;
    const breakOff = () => {
      broken = true;
    };
    const query = (sql: string, parameters: readonly unknown[]) =>
      client.query(sql, [...parameters]).catch((error: unknown) => {
        broken ||= !(error instanceof pg.DatabaseError);
        return noteDatabaseError(error);
      });
    const release = () => {
      client.off('error', breakOff);
      client.release(broken);
    };
    // A connection can break between two statements of a transaction: nobody else listens then.
    client.on('error', breakOff);
    return { query, release } as unknown as PostgresPoolClient;
  }

  end(): Promise<void> {
    this.unobserve();
    return this.pool.end();
  }
}
