import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemException } from '@app/server';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { readDeletionOrder } from './deletion-order.js';
import { getOwnedTables } from './owned-tables.js';

/** Together with the hooks and one more statement, this is less than the 10 s that the auth server waits for the response. */
const TIME_LIMIT_MS = 3_000;
const HOOKS_TIME_LIMIT_MS = 3_000;
const MAX_BATCH_ROWS = 5_000;
/** A batch that takes longer is followed by a smaller one, far below the statement timeout. */
const SLOW_BATCH_MS = 250;
/** Deleted last, because triggers count the rows that a cascade deletes. */
const USAGE_TABLE = '"owner_usage"';
/** A row that refers to a deleted one was inserted at the same time. */
const FOREIGN_KEY_VIOLATIONS = ['23503', '23001'];

/** Deletes what an owner has outside of PostgreSQL. Is called again until the deletion is complete. */
export type EraseHook = (ownerId: string) => Promise<unknown>;

/** Deletes all data of an owner. Tables of new features are included, because they come from the entity metadata. */
@Injectable()
export class OwnerDataService implements OnApplicationBootstrap {
  readonly #logger = new Logger(OwnerDataService.name);
  readonly #hooks: EraseHook[] = [];
  readonly #dataSource: DataSource;
  readonly #limiter: ConnectionLimiter;
  readonly #tables: string[];

  /** @throws Error if an entity is neither owned nor declared as shared, so that the app does not start. */
  constructor(dataSource: DataSource, limiter: ConnectionLimiter) {
    this.#dataSource = dataSource;
    this.#limiter = limiter;
    this.#tables = getOwnedTables(dataSource.entityMetadatas).toSorted(
      (a, b) => Number(a === USAGE_TABLE) - Number(b === USAGE_TABLE),
    );
  }

  /** @throws Error if the foreign keys allow no order of deletion, so that the app does not start. */
  async onApplicationBootstrap(): Promise<void> {
    await readDeletionOrder(this.#dataSource, this.#tables);
  }

  /** Registers a function that is called before the rows of an owner are deleted, so that it can still read them. */
  onErase(hook: EraseHook): void {
    this.#hooks.push(hook);
  }

  /**
   * Calls the hooks, then deletes every row of the owner, in batches that are each committed. Idempotent.
   * @throws ProblemException 503 if a hook fails, or rows are left when the time is up. The next call deletes more.
   */
  async deleteAll(ownerId: string): Promise<void> {
    await this.#callHooks(ownerId);
    const deadline = performance.now() + TIME_LIMIT_MS;
    await this.#limiter.run(ownerId, async () => {
      const { references, tables } = await readDeletionOrder(this.#dataSource, this.#tables);
      for (const { table, column } of references) {
        await this.#changeRows(ownerId, deadline, {
          table,
          condition: `owner_id = $1 AND ${column} IS NOT NULL`,
          change: `UPDATE ${table} SET ${column} = NULL`,
        });
      }
      for (const table of tables) {
        await this.#changeRows(ownerId, deadline, {
          table,
          condition: 'owner_id = $1',
          change: `DELETE FROM ${table}`,
        });
      }
    });
  }

  async #callHooks(ownerId: string): Promise<void> {
    const timeout = new AbortController();
    try {
      await Promise.race([
        Promise.all(this.#hooks.map((hook) => hook(ownerId))),
        sleep(HOOKS_TIME_LIMIT_MS, undefined, { signal: timeout.signal }).then(() => {
          throw new Error(`The hooks of an account deletion took longer than ${HOOKS_TIME_LIMIT_MS} ms.`);
        }),
      ]);
    } catch (error) {
      this.#logger.error(error);
      throw incomplete();
    } finally {
      timeout.abort();
    }
  }

  /**
   * Changes rows until none matches the condition. Starts with one row, so that every call makes progress even where a
   * row takes long, such as with a cascade.
   */
  async #changeRows(
    ownerId: string,
    deadline: number,
    { table, condition, change }: { table: string; condition: string; change: string },
  ): Promise<void> {
    let batchRows = 1;
    let changed: number;
    do {
      const startedAt = performance.now();
      if (startedAt > deadline) {
        throw incomplete();
      }
      changed = await this.#changeBatch(
        `${change} WHERE owner_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT $2))`,
        [ownerId, batchRows],
      );
      const isSlow = performance.now() - startedAt > SLOW_BATCH_MS;
      batchRows = isSlow ? Math.ceil(batchRows / 4) : Math.min(batchRows * 4, MAX_BATCH_ROWS);
      // An update at the same time moves a row, and the batch misses it.
    } while (changed > 0 || (await this.#hasRows(table, condition, ownerId)));
  }

  async #changeBatch(text: string, parameters: unknown[]): Promise<number> {
    try {
      const [, count] = await this.#dataSource.query<[unknown, number]>(text, parameters);
      return count;
    } catch (error) {
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (FOREIGN_KEY_VIOLATIONS.includes(code ?? '')) {
        this.#logger.warn(`An account deletion is repeated because of the foreign key ${constraint}.`);
        throw incomplete();
      }
      throw error;
    }
  }

  async #hasRows(table: string, condition: string, ownerId: string): Promise<boolean> {
    const rows = await this.#dataSource.query<unknown[]>(
      `SELECT 1 FROM ${table} WHERE ${condition} LIMIT 1`,
      [ownerId],
    );
    return rows.length > 0;
  }
}

function incomplete(): ProblemException {
  return new ProblemException(503, {
    detail: 'Deleting all data takes several requests. Send this request again until it returns 204.',
    headers: { 'retry-after': '1' },
  });
}
