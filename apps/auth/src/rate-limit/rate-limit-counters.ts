import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';
import { ExpiringMap } from './expiring-map.js';

export interface RateLimit {
  /** Length of the window in seconds, as Better Auth defines it. */
  window: number;
  /** Requests allowed in one window. */
  max: number;
}

/** A counted request that can be refunded in the window in which it was counted. */
export interface Reservation {
  key: string;
  /** In milliseconds since 1970, by the clock of the database. */
  windowStart: string;
}

/** `retryAfter` is in seconds, or null if the request is allowed. */
export type Consumed =
  { allowed: true; retryAfter: null; reservation: Reservation } | { allowed: false; retryAfter: number };

/** Another process may refund a request, so a counter with refunds is read again after this time. */
const REFUNDABLE_BLOCK_MS = 10_000;

/** Longer than any statement waits for a lock. A window that starts later than this was made by a clock that was ahead. */
const MAX_CLOCK_SKEW_MS = 5_000;

/**
 * Counts requests in `auth."rateLimit"`, in fixed windows that start with their first request. Better Auth's own storage
 * restarts the window with every request, so it would eventually reject any client that never pauses.
 *
 * A rejected request changes no counter. While a counter is full, this process rejects its requests without the database.
 */
export class RateLimitCounters {
  /** Full counters. The value is the end of the window, by the monotonic clock. */
  private readonly blocked = new ExpiringMap<number>();
  /** The last statement of each counter. The next one waits for it, so a counter occupies one connection only. */
  private readonly pending = new Map<string, Promise<Consumed>>();
  private refunds = 0;

  constructor(private readonly db: Database) {}

  /** Returns the seconds to wait if this process knows that the counter is full, else null. */
  getRetryAfter(key: string): number | null {
    const windowEnd = this.blocked.get(key)?.value;
    return windowEnd === undefined ? null : toSeconds(windowEnd - performance.now());
  }

  /** Counts one request, unless the counter is full. Only a refundable request may be passed to `refund`. */
  async consume(key: string, limit: RateLimit, { refundable = false } = {}): Promise<Consumed> {
    const count = async () => {
      const retryAfter = this.getRetryAfter(key);
      return retryAfter === null
        ? this.count(key, limit, refundable)
        : { allowed: false as const, retryAfter };
    };
    // If the database fails, the requests that wait fail with the same error instead of trying one by one.
    const consumed = this.pending.get(key)?.then(count) ?? count();
    this.pending.set(key, consumed);
    try {
      return await consumed;
    } finally {
      if (this.pending.get(key) === consumed) {
        this.pending.delete(key);
      }
    }
  }

  private async count(key: string, { window, max }: RateLimit, refundable: boolean): Promise<Consumed> {
    const refundsBefore = this.refunds;
    const windowMs = window * 1000;
    const expired = sql`counter."lastRequest" NOT BETWEEN excluded."lastRequest" - ${windowMs - 1}
      AND excluded."lastRequest" + ${MAX_CLOCK_SKEW_MS}`;
    const { rows } = await sql<{ windowStart: string }>`
      INSERT INTO auth."rateLimit" AS counter (id, key, count, "lastRequest")
      VALUES (${randomUUID()}, ${key}, 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN ${expired} THEN 1 ELSE counter.count + 1 END,
        "lastRequest" = CASE WHEN ${expired} THEN excluded."lastRequest" ELSE counter."lastRequest" END
      WHERE ${expired} OR counter.count < ${max}
      RETURNING "lastRequest" AS "windowStart"`.execute(this.db);
    if (rows[0]) {
      return { allowed: true, retryAfter: null, reservation: { key, windowStart: rows[0].windowStart } };
    }
    const remainingMs = await this.readRemainingMs(key, windowMs);
    // A refund that arrived meanwhile has made room in the counter.
    if (!refundable || this.refunds === refundsBefore) {
      const lifetimeMs = refundable ? Math.min(remainingMs, REFUNDABLE_BLOCK_MS) : remainingMs;
      this.blocked.set(key, performance.now() + remainingMs, lifetimeMs);
    }
    return { allowed: false, retryAfter: toSeconds(remainingMs) };
  }

  /** Undoes one `consume`, unless its window has ended. */
  async refund({ key, windowStart }: Reservation): Promise<void> {
    await sql`
      UPDATE auth."rateLimit" SET count = count - 1
      WHERE key = ${key} AND "lastRequest" = ${windowStart} AND count > 0`.execute(this.db);
    this.refunds++;
    this.blocked.delete(key);
  }

  private async readRemainingMs(key: string, windowMs: number): Promise<number> {
    const { rows } = await sql<{ remainingMs: number }>`
      SELECT ("lastRequest" + ${windowMs} - extract(epoch FROM clock_timestamp()) * 1000)::float AS "remainingMs"
      FROM auth."rateLimit" WHERE key = ${key}`.execute(this.db);
    return Math.min(windowMs, rows[0]?.remainingMs ?? 0);
  }
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
