import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
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

/**
 * Runs work in a transaction: commits when it resolves, and rolls back when it rejects.
 * @param begin The statement that begins the transaction. `SET LOCAL` may follow it: it also works behind a connection
 * pooler in transaction mode.
 * @throws The error of the connection, if the connection broke.
 */
export async function runInTransaction<R>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<R>,
): Promise<R> {
  const client = await pool.connect();
  let connectionError: Error | undefined;
  const onError = (error: Error) => {
    connectionError ??= error;
  };
  client.on('error', onError);
  try {
    await client.query(begin);
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    if (command === 'ROLLBACK') {
      throw new Error(
        'The transaction was rolled back, because one of its statements failed. Let the error of a statement propagate.',
      );
    }
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(onError);
    throw connectionError ?? error;
  } finally {
    client.off('error', onError);
    client.release(connectionError);
  }
}

/** Runs a SELECT with a time limit of its own. */
export async function searchWith(
  pool: Pool,
  text: string,
  parameters: unknown[],
  { timeoutMs, useTextIndex }: SearchOptions,
): Promise<Rows> {
  // PostgreSQL reads a GIN index by bitmap scans only.
  const begin = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL enable_bitmapscan = ${useTextIndex}`;
  return runInTransaction(pool, begin, async (client) => (await client.query(text, parameters)).rows);
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

/** Returns the connection pool of a data source. */
export function getPool(dataSource: DataSource): Pool {
  return (dataSource.driver as PostgresDriver).master;
}

/**
 * Runs statements on a connection pool. TypeORM's own `query` creates a query runner for every statement, which takes
 * about 15 µs, and its promise chains delay garbage collection.
 */
export function queryPool(pool: Pool): Queryable {
  return {
    query: async (text, parameters) => (await pool.query(text, parameters)).rows,
    search: (text, parameters, options) => searchWith(pool, text, parameters, options),
  };
}

interface TransactionState {
  ownerId: string;
  client: PoolClient;
  queryable: Queryable;
  /** After its end, the connection serves other requests. */
  isOpen: boolean;
  hasOpenScope: boolean;
}

const states = new WeakMap<Transaction, TransactionState>();

/** An open transaction, for `repository.withTransaction(transaction)`. It has no methods to run statements. */
export interface Transaction {
  readonly kind: 'transaction';
}

/** Wraps the connection of a transaction, so that features can pass the transaction on but not run SQL with it. */
export async function runWithTransaction<R>(
  ownerId: string,
  client: PoolClient,
  work: (transaction: Transaction) => Promise<R>,
): Promise<R> {
  const transaction: Transaction = { kind: 'transaction' };
  const queryable: Queryable = {
    query: async (text, parameters) => {
      assertTransactionIsOpen(state);
      return (await client.query(text, parameters)).rows;
    },
  };
  const state: TransactionState = { ownerId, client, queryable, isOpen: true, hasOpenScope: false };
  states.set(transaction, state);
  try {
    const result = await work(transaction);
    if (state.hasOpenScope) {
      throw new Error('A scope is still open in the transaction. Await every scope inside of it.');
    }
    return result;
  } finally {
    state.isOpen = false;
  }
}

/** @throws Error if the transaction has ended: its connection may already run statements of another owner. */
export function assertTransactionIsOpen({ isOpen }: Pick<TransactionState, 'isOpen'>): void {
  if (!isOpen) {
    throw new Error('The transaction has ended. Await every statement inside of it.');
  }
}

/** Returns the owner and the connection of a transaction. Only for the code in this folder. */
export function getTransactionState(transaction: Transaction): TransactionState {
  return states.get(transaction)!;
}

/** Returns the object that runs statements in a transaction. Only for the code in this folder. */
export function getQueryable(transaction: Transaction): Queryable {
  return getTransactionState(transaction).queryable;
}
