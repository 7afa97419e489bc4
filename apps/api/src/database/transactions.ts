import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { wrapTransaction, type Transaction } from './queryable.js';

export type { Transaction } from './queryable.js';

/** Runs transactions that span several owned repositories. */
@Injectable()
export class Transactions {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Commits when `work` resolves and rolls back when it rejects. */
  run<R>(work: (transaction: Transaction) => Promise<R>): Promise<R> {
    return this.#dataSource.transaction((manager) => work(wrapTransaction(manager)));
  }
}
