import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';

export interface RateLimit {
  /** Length of the window in seconds, as Better Auth defines it. */
  window: number;
  /** Requests allowed in one window. */
  max: number;
}

/**
 * Counts requests in `auth."rateLimit"`, in fixed windows that start with their first request. Better Auth's own storage
 * restarts the window with every request, so it would eventually reject any client that never pauses.
 */
export class RateLimitCounters {
  constructor(private readonly db: Database) {}

  /** Counts one request. `retryAfter` is in seconds, or null if the request is allowed. */
  async consume(
    key: string,
    { window, max }: RateLimit,
  ): Promise<{ allowed: boolean; retryAfter: number | null }> {
    const { rows } = await sql<{ count: number; remaining: number }>`
      WITH clock AS (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now)
      INSERT INTO auth."rateLimit" AS counter (id, key, count, "lastRequest")
      SELECT ${randomUUID()}, ${key}, 1, clock.now FROM clock
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counter."lastRequest" <= excluded."lastRequest" - ${window * 1000}
                THEN 1 ELSE least(counter.count, ${max}) + 1 END,
        "lastRequest" = CASE WHEN counter."lastRequest" <= excluded."lastRequest" - ${window * 1000}
                THEN excluded."lastRequest" ELSE counter."lastRequest" END
      RETURNING count, (("lastRequest" + ${window * 1000} - (SELECT now FROM clock)) / 1000.0)::float AS remaining`.execute(
      this.db,
    );
    const { count, remaining } = rows[0]!;
    const allowed = count <= max;
    return { allowed, retryAfter: allowed ? null : Math.max(1, Math.ceil(remaining)) };
  }

  /** Undoes one `consume`. */
  async refund(key: string): Promise<void> {
    await sql`UPDATE auth."rateLimit" SET count = count - 1 WHERE key = ${key} AND count > 0`.execute(
      this.db,
    );
  }
}
