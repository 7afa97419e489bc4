import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** How long a key is kept. */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1_000;
/** The newest keys of an owner that are kept. At the default rate limit, they cover almost three hours. */
export const MAX_KEYS_PER_OWNER = 100_000;

const INTERVAL_MS = 60_000;
const BATCH_ROWS = 1_000;
/** Counting the keys of an owner is cheap for this many new keys, and expensive for each one. */
const KEYS_PER_CHECK = 100;

export const keyExpiry = () => new Date(Date.now() - KEY_LIFETIME_MS).toISOString();

/**
 * Deletes expired idempotency keys, and the oldest keys of owners with too many. It runs in the background, so that a
 * request never waits for the keys of earlier requests. Every process runs it: batches skip the rows of the others.
 */
@Injectable()
export class IdempotencyCleanupService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #dataSource: DataSource;
  private readonly logger = new Logger(IdempotencyCleanupService.name);
  private readonly ownersToCheck = new Set<string>();
  private newKeys = 0;
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private stopped = false;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.runLogged(), INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Counts a new key. The owner of every hundredth one is checked: it is most likely one with many keys. */
  countKey(ownerId: string): void {
    this.newKeys += 1;
    if (this.newKeys % KEYS_PER_CHECK === 0) {
      this.ownersToCheck.add(ownerId);
    }
  }

  /** Deletes all expired keys, and those above the maximum of each owner to check. */
  async run(): Promise<void> {
    const expiry = keyExpiry();
    let owners = await this.findOwnersOfExpiredKeys(expiry);
    while (owners.length > 0 && !this.stopped) {
      let deleted = 0;
      for (const ownerId of owners) {
        deleted += await this.deleteOldest(ownerId, expiry, Infinity);
      }
      owners = deleted > 0 ? await this.findOwnersOfExpiredKeys(expiry) : [];
    }
    for (const ownerId of this.ownersToCheck) {
      this.ownersToCheck.delete(ownerId);
      await this.deleteOldest(ownerId, 'infinity', (await this.countKeys(ownerId)) - MAX_KEYS_PER_OWNER);
    }
  }

  private async runLogged(): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = this.run().catch((error: Error) => {
      this.logger.warn(`Could not delete old idempotency keys, trying again in a minute: ${error.message}`);
    });
    await this.running;
    this.running = undefined;
  }

  /** The only statement of the api that reads across owners. Each deletion then names one owner. */
  private async findOwnersOfExpiredKeys(expiry: string): Promise<string[]> {
    const rows = await this.#dataSource.query<{ ownerId: string }[]>(
      `SELECT DISTINCT owner_id AS "ownerId" FROM (
         SELECT owner_id FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT ${BATCH_ROWS}
       ) AS expired`,
      [expiry],
    );
    return rows.map(({ ownerId }) => ownerId);
  }

  private async countKeys(ownerId: string): Promise<number> {
    const [row] = await this.#dataSource.query<[{ count: number }]>(
      'SELECT count(*)::integer AS count FROM idempotency_keys WHERE owner_id = $1',
      [ownerId],
    );
    return row.count;
  }

  /** Deletes at most `maxRows` keys from before a time, in batches. Skips keys that a request is using. */
  private async deleteOldest(ownerId: string, before: string, maxRows: number): Promise<number> {
    let total = 0;
    let deleted = -1;
    while (total < maxRows && deleted !== 0 && !this.stopped) {
      [, deleted] = await this.#dataSource.query<[unknown, number]>(
        `DELETE FROM idempotency_keys WHERE owner_id = $1 AND ctid = ANY (ARRAY(
           SELECT ctid FROM idempotency_keys WHERE owner_id = $1 AND created_at < $2
           ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
         ))`,
        [ownerId, before, Math.min(BATCH_ROWS, maxRows - total)],
      );
      total += deleted;
    }
    return total;
  }
}
