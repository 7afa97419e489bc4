import { createHash } from 'node:crypto';
import { ConflictException, Injectable } from '@nestjs/common';
import { Stored } from './owned-repository.js';
import { type Queryable, queryableOf, type Transaction } from './queryable.js';
import { Transactions } from './transactions.js';

/** Makes a repeated request answer its first result again (IETF draft `Idempotency-Key` header). */
@Injectable()
export class Idempotency {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Does `work` once for each key of an owner within 24 h. The key is claimed in the same transaction, so that it is
   * kept exactly when the work is; a second request with the key waits for the first.
   * @param request what the client asked for: with another one the key is refused.
   * @throws ConflictException where the key was used with another request.
   */
  async once<R>(
    ownerId: string,
    key: string | undefined,
    request: unknown,
    work: (transaction?: Transaction) => Promise<Stored<R>>,
  ): Promise<Stored<R>> {
    if (key === undefined) {
      return work();
    }
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
    return this.transactions.run(async (transaction) => {
      const connection = queryableOf(transaction);
      await connection.query(
        `DELETE FROM idempotency_keys WHERE owner_id = $1 AND created_at < now() - interval '24 hours'`,
        [ownerId],
      );
      const claimed: unknown[] = await connection.query(
        `INSERT INTO idempotency_keys (owner_id, key, fingerprint) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING key`,
        [ownerId, key, fingerprint],
      );
      if (claimed.length === 0) {
        return this.recall<R>(connection, ownerId, key, fingerprint);
      }
      const stored = await work(transaction);
      await connection.query('UPDATE idempotency_keys SET result = $3 WHERE owner_id = $1 AND key = $2', [
        ownerId,
        key,
        JSON.stringify(stored),
      ]);
      return stored;
    });
  }

  private async recall<R>(
    connection: Queryable,
    ownerId: string,
    key: string,
    fingerprint: string,
  ): Promise<Stored<R>> {
    const [first] = await connection.query(
      'SELECT fingerprint, result FROM idempotency_keys WHERE owner_id = $1 AND key = $2',
      [ownerId, key],
    );
    if (first?.fingerprint !== fingerprint) {
      throw new ConflictException('This Idempotency-Key was used with another request. Use a new key.');
    }
    const { row, version } = JSON.parse(first.result) as Stored<R>;
    return new Stored(row, version);
  }
}
