import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { assertOutsideOfScope } from './current-scope.js';
import { getPool, runInTransaction, runWithTransaction, type Transaction } from './queryable.js';

export type { Transaction } from './queryable.js';

/** Runs transactions that span several owned repositories. */
@Injectable()
export class Transactions {
  readonly #pool: Pool;
  readonly #limiter: ConnectionLimiter;

  constructor(dataSource: DataSource, limiter: ConnectionLimiter) {
    this.#pool = getPool(dataSource);
    this.#limiter = limiter;
  }

  /**
   * Commits when `work` resolves and rolls back when it rejects. `work` passes the transaction to every repository that
   * it uses: without it, a statement would need a second connection.
   */
  run<R>(ownerId: string, work: (transaction: Transaction) => Promise<R>): Promise<R> {
    assertOutsideOfScope();
    return this.#limiter.run(ownerId, () =>
      runInTransaction(this.#pool, 'BEGIN', (client) => runWithTransaction(ownerId, client, work)),
    );
  }
}
