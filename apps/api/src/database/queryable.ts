import type { Pool } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConnectionLimiter } from './connection-limiter.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

// oxlint-disable-next-line typescript/no-explicit-any -- the shape of a row depends on the statement
export type Rows = any[];

export interface SearchOptions {
  timeoutMs: number;
  /** False: PostgreSQL reads the list in its order, because a text index could return every row of the owner. */
  useTextIndex: boolean;
}

/** Runs SQL statements: the connection pool, or the connection of a transaction. */
export interface Queryable {
  /** @param parameters The first one is the owner. Only statements that read no owned table have none. */
  query(text: string, parameters?: unknown[]): Promise<Rows>;
  /** Runs a SELECT with a time limit of its own. A transaction doesn't have it: an expired limit would abort it. */
  search?(text: string, parameters: unknown[], options: SearchOptions): Promise<Rows>;
}

/** Returns whether PostgreSQL canceled a statement because of its time limit (SQLSTATE 57014). */
export const isStatementTimeout = (error: unknown) => (error as { code?: string }).code === '57014';

/** Runs a SELECT in a transaction, because `SET LOCAL` also works behind a connection pooler in transaction mode. */
export async function searchWith(
  pool: Pool,
  text: string,
  parameters: unknown[],
  { timeoutMs, useTextIndex }: SearchOptions,
): Promise<Rows> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // PostgreSQL reads a GIN index by bitmap scans only.
    await client.query(
      `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL enable_bitmapscan = ${useTextIndex}`,
    );
    const { rows } = await client.query(text, parameters);
    await client.query('COMMIT');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Returns the pool with a limit on the connections that one owner uses at once. */
export function limitPerOwner(pool: Queryable, limiter: ConnectionLimiter): Queryable {
  return {
    query: (text, parameters) =>
      parameters
        ? limiter.run(parameters[0] as string, () => pool.query(text, parameters))
        : pool.query(text),
    search: (text, parameters, options) =>
      limiter.run(parameters[0] as string, () => pool.search!(text, parameters, options), { isSearch: true }),
  };
}

/**
 * Returns the connection pool of a data source. TypeORM's own `query` creates a query runner for every statement, which
 * takes about 15 µs, and its promise chains delay garbage collection.
 */
export function getPool(dataSource: DataSource): Queryable {
  const driver = dataSource.driver as PostgresDriver;
  return {
    query: async (text, parameters) => (await driver.master.query(text, parameters)).rows,
    search: (text, parameters, options) => searchWith(driver.master, text, parameters, options),
  };
}

const queryables = new WeakMap<Transaction, Queryable>();

/** An open transaction, for `repository.withTransaction(transaction)`. It has no methods to run statements. */
export interface Transaction {
  readonly kind: 'transaction';
}

/** Wraps the entity manager of a transaction, so that features can pass the transaction on but not run SQL with it. */
export function wrapTransaction(manager: EntityManager): Transaction {
  const transaction: Transaction = { kind: 'transaction' };
  queryables.set(transaction, {
    query: async (text, parameters) => {
      const result = await manager.query(text, parameters);
      // TypeORM returns the rows for SELECT and INSERT, but [rows, count] for UPDATE and DELETE.
      return Array.isArray(result[0]) ? result[0] : result;
    },
  });
  return transaction;
}

/** Returns the connection of a transaction. Only for the code in this folder. */
export function getQueryable(transaction: Transaction): Queryable {
  return queryables.get(transaction)!;
}
