import type { DataSource, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

// oxlint-disable-next-line typescript/no-explicit-any -- whoever writes a statement knows what it selects
export type Rows = any[];

/** What runs a statement and answers its rows: the pool, or one connection inside a transaction. */
export interface Queryable {
  query(text: string, parameters?: unknown[]): Promise<Rows>;
}

/**
 * The pool of a data source. TypeORM's own `query` makes a query runner for every statement, about 15 µs, and its
 * chained promises let V8 keep what one request used until long after it.
 */
export function poolOf(dataSource: DataSource): Queryable {
  const driver = dataSource.driver as PostgresDriver;
  return {
    query: async (text, parameters) => (await driver.master.query(text, parameters)).rows,
  };
}

const open = new WeakMap<Transaction, Queryable>();

/** An open transaction, for `repository.within(transaction)`. It runs no statement itself. */
export interface Transaction {
  readonly kind: 'transaction';
}

/** A transaction for features, which can pass it on and nothing else. */
export function holdOpen(manager: EntityManager): Transaction {
  const transaction: Transaction = { kind: 'transaction' };
  open.set(transaction, {
    query: async (text, parameters) => {
      const result = await manager.query(text, parameters);
      // TypeORM answers SELECT and INSERT with the rows, UPDATE and DELETE with the rows and their number.
      return Array.isArray(result[0]) ? result[0] : result;
    },
  });
  return transaction;
}

/** What runs the statements of a transaction, for the code in this folder. */
export function queryableOf(transaction: Transaction): Queryable {
  return open.get(transaction)!;
}
