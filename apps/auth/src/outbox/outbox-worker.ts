import type { Logger } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.js';
import { singleFlight } from '../single-flight.js';

/** A row of an outbox table. */
export interface OutboxEntry {
  /** The primary key. */
  id: string;
  /** Including the current one. */
  attempts: number;
}

export interface OutboxOptions<Entry extends OutboxEntry> {
  /** A table with the columns `attempts` and `next_attempt_at`. */
  table: string;
  /** The column of the primary key. */
  key: string;
  /** The columns of an entry in addition to those of `OutboxEntry`. */
  columns: RawBuilder<unknown>;
  /** How many entries one process delivers at the same time. */
  concurrency: number;
  /** Longer than a delivery can take, so that no other process takes over an entry that is still in progress. */
  leaseSeconds: number;
  logger: Logger;
  /** Rejects if the delivery must be retried. */
  deliver: (entry: Entry) => Promise<void>;
  /** Removes or reschedules an entry after its delivery. */
  complete: (entry: Entry) => Promise<void>;
  /** Describes a failed delivery for the log. */
  describeFailure: (entry: Entry, error: Error) => string;
}

const POLL_INTERVAL_MS = 5_000;
const MAX_RETRY_DELAY_SECONDS = 300;

/**
 * Delivers the rows of a transactional outbox. Processes lease rows instead of locking them, so no transaction stays
 * open during a delivery. Failures are retried with exponential backoff.
 */
export class OutboxWorker<Entry extends OutboxEntry> {
  private readonly shutdown = new AbortController();
  private readonly lanes: (() => Promise<void>)[];
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly db: Database,
    private readonly options: OutboxOptions<Entry>,
  ) {
    this.lanes = Array.from({ length: options.concurrency }, () => singleFlight(() => this.deliverAllDue()));
  }

  /** Is aborted when the worker stops. */
  get signal(): AbortSignal {
    return this.shutdown.signal;
  }

  start(): void {
    this.timer = setInterval(() => this.wake(), POLL_INTERVAL_MS);
    this.wake();
  }

  /** Delivers the entries that are due, without waiting for the next poll. */
  wake(): void {
    for (const lane of this.lanes) {
      void lane();
    }
  }

  /** Begins no more deliveries, and waits for those in progress. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.shutdown.abort();
    await Promise.all(this.lanes.map((lane) => lane()));
  }

  private async deliverAllDue(): Promise<void> {
    try {
      while (!this.signal.aborted) {
        const entry = await this.lease();
        if (!entry) {
          return;
        }
        await this.attempt(entry);
      }
    } catch (error) {
      const { logger, table } = this.options;
      logger.warn(`Could not read or update ${table}: ${(error as Error).message}`);
    }
  }

  private async lease(): Promise<Entry | undefined> {
    const { columns, leaseSeconds } = this.options;
    const [table, key] = [sql.table(this.options.table), sql.ref(this.options.key)];
    const { rows } = await sql<Entry>`
      UPDATE ${table}
      SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
      WHERE ${key} = (
        SELECT ${key} FROM ${table} WHERE next_attempt_at <= now()
        ORDER BY attempts, next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING ${key} AS id, attempts, ${columns}`.execute(this.db);
    return rows[0];
  }

  private async attempt(entry: Entry): Promise<void> {
    try {
      await this.options.deliver(entry);
    } catch (error) {
      await this.scheduleRetry(entry, error as Error);
      return;
    }
    await this.options.complete(entry);
  }

  private async scheduleRetry(entry: Entry, error: Error): Promise<void> {
    const { table, key, logger, describeFailure } = this.options;
    const delaySeconds = Math.min(2 ** (entry.attempts - 1), MAX_RETRY_DELAY_SECONDS);
    await sql`
      UPDATE ${sql.table(table)} SET next_attempt_at = now() + make_interval(secs => ${delaySeconds})
      WHERE ${sql.ref(key)} = ${entry.id}`.execute(this.db);
    logger.warn(`${describeFailure(entry, error)} Retrying in ${delaySeconds} s.`);
  }
}
