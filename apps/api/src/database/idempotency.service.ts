import { createHash } from 'node:crypto';
import { ConflictException, Injectable } from '@nestjs/common';
import { Versioned } from './owned-repository.js';
import { getQueryable, type Queryable, type Transaction } from './queryable.js';
import { Transactions } from './transactions.js';

/** Replays the result of the first request with the same key (IETF draft `Idempotency-Key` header). */
@Injectable()
export class IdempotencyService {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Runs `work` once per owner and key within 24 hours, or every time if there is no key. The key is inserted in the
   * transaction of the work, so both are committed or rolled back together. A concurrent request with the same key waits
   * for the first one.
   * @param request the content of the request, compared when the key is used again.
   * @throws ConflictException if the key was used with a different request.
   */
  async runOnce<R>(
    ownerId: string,
    key: string | undefined,
    request: unknown,
    work: (transaction?: Transaction) => Promise<Versioned<R>>,
  ): Promise<Versioned<R>> {
    if (key === undefined) {
      return work();
    }
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
    return this.transactions.run(async (transaction) => {
      const connection = getQueryable(transaction);
      await connection.query(
        `DELETE FROM idempotency_keys WHERE owner_id = $1 AND created_at < now() - INTERVAL '24 hours'`,
        [ownerId],
      );
      const inserted = await connection.query(
        `INSERT INTO idempotency_keys (owner_id, key, fingerprint) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING key`,
        [ownerId, key, fingerprint],
      );
      if (inserted.length === 0) {
        return this.findResult<R>(connection, ownerId, key, fingerprint);
      }
      const { row, version } = await work(transaction);
      await connection.query('UPDATE idempotency_keys SET result = $3 WHERE owner_id = $1 AND key = $2', [
        ownerId,
        key,
        JSON.stringify({ row, version }),
      ]);
      return new Versioned(row, version);
    });
  }

  private async findResult<R>(
    connection: Queryable,
    ownerId: string,
    key: string,
    fingerprint: string,
  ): Promise<Versioned<R>> {
    const [record] = await connection.query(
      'SELECT fingerprint, result FROM idempotency_keys WHERE owner_id = $1 AND key = $2',
      [ownerId, key],
    );
    if (record?.fingerprint !== fingerprint) {
      throw new ConflictException('This Idempotency-Key was used with a different request. Send a new key.');
    }
    const { row, version } = JSON.parse(record.result) as { row: R; version: number };
    return new Versioned(row, version);
  }
}
