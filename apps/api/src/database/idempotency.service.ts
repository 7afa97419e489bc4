import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ConflictException, Injectable } from '@nestjs/common';
import { IdempotencyCleanupService, keyExpiry } from './idempotency-cleanup.service.js';
import { Versioned } from './owned-repository.js';
import { getQueryable, type Queryable, type Transaction } from './queryable.js';
import { Transactions } from './transactions.js';

/** The content of a request: the name of the operation, and the values that the client sent. */
type IdempotentRequest = [operation: string, values: object];

/**
 * The first result, without the values that the request contains. A repeated request contains them again, and the text
 * of a row must not stay in the database after the row was deleted.
 */
interface StoredResult {
  /** The row, with null for each property in `given`. */
  row: Record<string, unknown>;
  version: number;
  /** Undefined in results that were stored by earlier versions. They contain the whole row. */
  given?: string[];
}

/** Replays the result of the first request with the same key (IETF draft `Idempotency-Key` header). */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly transactions: Transactions,
    private readonly cleanup: IdempotencyCleanupService,
  ) {}

  /**
   * Runs `work` once per owner and key within 24 hours, or every time if there is no key. The key is inserted in the
   * transaction of the work, so both are committed or rolled back together. A concurrent request with the same key waits
   * for the first one.
   * @param request compared when the key is used again.
   * @throws ConflictException if the key was used with a different request.
   */
  async runOnce<R extends object>(
    ownerId: string,
    key: string | undefined,
    request: IdempotentRequest,
    work: (transaction?: Transaction) => Promise<Versioned<R>>,
  ): Promise<Versioned<R>> {
    if (key === undefined) {
      return work();
    }
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
    return this.transactions.run(ownerId, async (transaction) => {
      const connection = getQueryable(transaction);
      while (!(await this.claim(connection, ownerId, key, fingerprint))) {
        const result = await this.findResult<R>(connection, ownerId, key, fingerprint, request);
        // Undefined if the key was deleted in between: it can be claimed now.
        if (result) {
          return result;
        }
      }
      this.cleanup.countKey(ownerId);
      const result = await work(transaction);
      await connection.query('UPDATE idempotency_keys SET result = $3 WHERE owner_id = $1 AND key = $2', [
        ownerId,
        key,
        JSON.stringify(withoutGivenValues(result, request)),
      ]);
      return result;
    });
  }

  /** Inserts the key, or takes it over if it has expired. Returns false if it is in use. */
  private async claim(
    connection: Queryable,
    ownerId: string,
    key: string,
    fingerprint: string,
  ): Promise<boolean> {
    const claimed = await connection.query(
      `INSERT INTO idempotency_keys (owner_id, key, fingerprint) VALUES ($1, $2, $3)
       ON CONFLICT (owner_id, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, result = NULL, created_at = excluded.created_at
       WHERE idempotency_keys.created_at < $4
       RETURNING key`,
      [ownerId, key, fingerprint, keyExpiry()],
    );
    return claimed.length > 0;
  }

  private async findResult<R extends object>(
    connection: Queryable,
    ownerId: string,
    key: string,
    fingerprint: string,
    request: IdempotentRequest,
  ): Promise<Versioned<R> | undefined> {
    const [record] = await connection.query(
      'SELECT fingerprint, result FROM idempotency_keys WHERE owner_id = $1 AND key = $2',
      [ownerId, key],
    );
    if (!record) {
      return undefined;
    }
    if (record.fingerprint !== fingerprint) {
      throw new ConflictException('This Idempotency-Key was used with a different request. Send a new key.');
    }
    return withGivenValues<R>(JSON.parse(record.result) as StoredResult, request);
  }
}

function withoutGivenValues(
  { row, version }: Versioned<object>,
  [, values]: IdempotentRequest,
): StoredResult {
  const sent = new Map<string, unknown>(Object.entries(values));
  const properties = Object.entries(row);
  const given = properties
    .filter(([name, value]) => sent.has(name) && isDeepStrictEqual(sent.get(name), value))
    .map(([name]) => name);
  return {
    row: Object.fromEntries(properties.map(([name, value]) => [name, given.includes(name) ? null : value])),
    version,
    given,
  };
}

function withGivenValues<R>(
  { row, version, given = [] }: StoredResult,
  [, values]: IdempotentRequest,
): Versioned<R> {
  const sent = new Map<string, unknown>(Object.entries(values));
  return new Versioned(
    { ...row, ...Object.fromEntries(given.map((name) => [name, sent.get(name)])) } as R,
    version,
  );
}
