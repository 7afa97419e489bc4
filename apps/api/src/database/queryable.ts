import type { DataSource, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

// oxlint-disable-next-line typescript/no-explicit-any -- the shape of a row depends on the statement
export type Rows = any[];

/** Runs SQL statements: the connection pool, or the connection of a transaction. */
export interface Queryable {
  query(text: string, parameters?: unknown[]): Promise<Rows>;
}

/**
 * Returns the connection pool of a data source. TypeORM's own `query` creates a query runner for every statement, which
 * takes about 15 µs, and its promise chains delay garbage collection.
 */
export function getPool(dataSource: DataSource): Queryable {
  const driver = dataSource.driver as PostgresDriver;
  return {
    query: async (text, parameters) => (await driver.master.query(text, parameters)).rows,
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
