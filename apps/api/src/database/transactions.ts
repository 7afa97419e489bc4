import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { wrapTransaction, type Transaction } from './queryable.js';

export type { Transaction } from './queryable.js';

/** Runs transactions that span several owned repositories. */
@Injectable()
export class Transactions {
  readonly #dataSource: DataSource;
  readonly #limiter: ConnectionLimiter;

  constructor(dataSource: DataSource, limiter: ConnectionLimiter) {
    this.#dataSource = dataSource;
    this.#limiter = limiter;
  }

  /**
   * Commits when `work` resolves and rolls back when it rejects. `work` passes the transaction to every repository that
   * it uses: without it, a statement would need a second connection.
   */
  run<R>(ownerId: string, work: (transaction: Transaction) => Promise<R>): Promise<R> {
    return this.#limiter.run(ownerId, () =>
      this.#dataSource.transaction((manager) => work(wrapTransaction(manager))),
    );
  }
}
