import { Injectable } from '@nestjs/common';
import { ProblemException } from '@app/server';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { getOwnedTables } from './owned-tables.js';

/** Together with one more statement, this is less than the 10 s that the auth server waits for the response. */
const TIME_LIMIT_MS = 3_000;
const MAX_BATCH_ROWS = 5_000;
/** A batch that takes longer is followed by a smaller one, far below the statement timeout. */
const SLOW_BATCH_MS = 250;

/** Deletes all data of an owner. Tables of new features are included, because they come from the entity metadata. */
@Injectable()
export class OwnerDataService {
  readonly #dataSource: DataSource;
  readonly #limiter: ConnectionLimiter;
  readonly #tables: string[];

  /** @throws Error if an entity is neither owned nor declared as shared, so that the app does not start. */
  constructor(dataSource: DataSource, limiter: ConnectionLimiter) {
    this.#dataSource = dataSource;
    this.#limiter = limiter;
    this.#tables = getOwnedTables(dataSource.entityMetadatas);
  }

  /**
   * Deletes every row of the owner, in batches that are each committed. Idempotent.
   * @throws ProblemException 503 if rows are left when the time is up. The next call deletes more of them.
   */
  async deleteAll(ownerId: string): Promise<void> {
    const deadline = performance.now() + TIME_LIMIT_MS;
    await this.#limiter.run(ownerId, async () => {
      for (const table of this.#tables) {
        await this.#deleteRows(table, ownerId, deadline);
      }
    });
  }

  /** Starts with one row, so that every call makes progress even where a row takes long, such as with a cascade. */
  async #deleteRows(table: string, ownerId: string, deadline: number): Promise<void> {
    let batchRows = 1;
    let deleted: number;
    do {
      const startedAt = performance.now();
      if (startedAt > deadline) {
        throw new ProblemException(503, {
          detail: 'Deleting all data takes several requests. Send this request again until it returns 204.',
          headers: { 'retry-after': '1' },
        });
      }
      [, deleted] = await this.#dataSource.query<[unknown, number]>(
        `DELETE FROM ${table} WHERE owner_id = $1 ` +
          `AND ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE owner_id = $1 LIMIT $2))`,
        [ownerId, batchRows],
      );
      const isSlow = performance.now() - startedAt > SLOW_BATCH_MS;
      batchRows = isSlow ? Math.ceil(batchRows / 4) : Math.min(batchRows * 4, MAX_BATCH_ROWS);
      // An update at the same time moves a row, and the batch misses it.
    } while (deleted > 0 || (await this.#hasRows(table, ownerId)));
  }

  async #hasRows(table: string, ownerId: string): Promise<boolean> {
    const rows = await this.#dataSource.query<unknown[]>(
      `SELECT 1 FROM ${table} WHERE owner_id = $1 LIMIT 1`,
      [ownerId],
    );
    return rows.length > 0;
  }
}
