import type { ThrottlerStorage } from '@nestjs/throttler';

type Hits = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts hits in this process, in fixed windows. (The storage that @nestjs/throttler brings keeps the time of every
 * single hit and walks through them at the next.)
 */
export class MemoryStorage implements ThrottlerStorage {
  private windows = new Map<string, { hits: number; endsAt: number }>();
  private sweptAt = Date.now();

  async increment(key: string, ttlMs: number, limit: number): Promise<Hits> {
    const now = Date.now();
    this.sweep(now, ttlMs);
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

  /** Forgets windows that are over, once a window's length. */
  private sweep(now: number, ttlMs: number): void {
    if (now - this.sweptAt < ttlMs) {
      return;
    }
    this.sweptAt = now;
    for (const [key, { endsAt }] of this.windows) {
      if (endsAt <= now) {
        this.windows.delete(key);
      }
    }
  }
}
