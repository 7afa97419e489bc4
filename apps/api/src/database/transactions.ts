import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { wrapTransaction, type Transaction } from './queryable.js';

export type { Transaction } from './queryable.js';

type Work<R> = (transaction: Transaction) => Promise<R>;

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
  run<R>(ownerId: string, work: Work<R>): Promise<R>;
  /** @deprecated Pass the owner. Without it, the transaction doesn't count as a connection of its owner. */
  run<R>(work: Work<R>): Promise<R>;
  run<R>(...[first, second]: [ownerId: string, work: Work<R>] | [work: Work<R>]): Promise<R> {
    return typeof first === 'string' ? this.#limiter.run(first, () => this.#run(second!)) : this.#run(first);
  }

  #run<R>(work: Work<R>): Promise<R> {
    return this.#dataSource.transaction((manager) => work(wrapTransaction(manager)));
  }
}
