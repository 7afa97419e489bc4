import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';

export interface RateLimit {
  /** Seconds. */
  window: number;
  /** Requests in one window. */
  max: number;
}

/**
 * Counts in `auth."rateLimit"`, in windows that begin with their first request and end on time: Better Auth's own
 * storage restarts its window with every request, so that an address that never rests is refused at any rate.
 */
export class RateLimitCounters {
  constructor(private readonly db: Database) {}

  /** Counts one request; `retryAfter` is in seconds, null where the request is allowed. */
  async consume(
    key: string,
    { window, max }: RateLimit,
  ): Promise<{ allowed: boolean; retryAfter: number | null }> {
    const { rows } = await sql<{ count: number; remaining: number }>`
      with clock as (select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now)
      insert into auth."rateLimit" as counter (id, key, count, "lastRequest")
      select ${randomUUID()}, ${key}, 1, clock.now from clock
      on conflict (key) do update set
        count = case when counter."lastRequest" <= excluded."lastRequest" - ${window * 1000}
                then 1 else least(counter.count, ${max}) + 1 end,
        "lastRequest" = case when counter."lastRequest" <= excluded."lastRequest" - ${window * 1000}
                then excluded."lastRequest" else counter."lastRequest" end
      returning count, (("lastRequest" + ${window * 1000} - (select now from clock)) / 1000.0)::float as remaining`.execute(
      this.db,
    );
    const { count, remaining } = rows[0]!;
    const allowed = count <= max;
    return { allowed, retryAfter: allowed ? null : Math.max(1, Math.ceil(remaining)) };
  }

  /** Takes back one request that `consume` counted. */
  async refund(key: string): Promise<void> {
    await sql`update auth."rateLimit" set count = count - 1 where key = ${key} and count > 0`.execute(
      this.db,
    );
  }
}
