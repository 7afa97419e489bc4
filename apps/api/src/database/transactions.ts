import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** What runs a statement: the pool, or one connection inside a transaction. */
export type Queryable = Pick<EntityManager, 'query'>;

/** An open transaction, for `repository.within(transaction)`. */
export type Transaction = Queryable;

/** Transactions across several owned repositories. */
@Injectable()
export class Transactions {
  constructor(private readonly dataSource: DataSource) {}

  /** Commits when `work` resolves, rolls back when it rejects. */
  run<R>(work: (transaction: Transaction) => Promise<R>): Promise<R> {
    return this.dataSource.transaction(work);
  }
}
