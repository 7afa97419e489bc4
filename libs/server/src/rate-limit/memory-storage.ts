import type { Hits, RateLimitStorage } from './rate-limit-storage.js';

/**
 * Counts hits of this process in fixed windows. @nestjs/throttler's own storage keeps a timestamp for each hit and
 * iterates over all of them at the next one.
 */
export class MemoryStorage implements RateLimitStorage {
  private windows = new Map<string, { hits: number; endsAt: number }>();
  private cleanedAt = performance.now();

  increment(key: string, ttlMs: number, limit: number): Hits {
    // Whole milliseconds: fractions would round a full window up to one second more.
    const now = Math.floor(performance.now());
    this.removeExpired(now, ttlMs);
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      window = { hits: 0, endsAt: now + ttlMs };
      this.windows.set(key, window);
    }
    window.hits += 1;
    const timeToExpire = Math.ceil((window.endsAt - now) / 1000);
    const isBlocked = window.hits > limit;
    return {
      totalHits: window.hits,
      timeToExpire,
      isBlocked,
      timeToBlockExpire: isBlocked ? timeToExpire : 0,
    };
  }

  /** Removes expired windows, at most once per window length. */
  private removeExpired(now: number, ttlMs: number): void {
    if (now - this.cleanedAt < ttlMs) {
      return;
    }
    this.cleanedAt = now;
    for (const [key, { endsAt }] of this.windows) {
      if (endsAt <= now) {
        this.windows.delete(key);
      }
    }
  }
}
