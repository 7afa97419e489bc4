import type { EntityManager } from 'typeorm';

/** What runs a statement: the pool, or one connection inside a transaction. */
export type Queryable = Pick<EntityManager, 'query'>;

const open = new WeakMap<Transaction, Queryable>();

/** An open transaction, for `repository.within(transaction)`. It runs no statement itself. */
export interface Transaction {
  readonly kind: 'transaction';
}

/** A transaction for features, which can pass it on and nothing else. */
export function holdOpen(queryable: Queryable): Transaction {
  const transaction: Transaction = { kind: 'transaction' };
  open.set(transaction, queryable);
  return transaction;
}

/** What runs the statements of a transaction, for the code in this folder. */
export function queryableOf(transaction: Transaction): Queryable {
  return open.get(transaction)!;
}
