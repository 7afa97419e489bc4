import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Hits, RateLimitStorage } from './rate-limit-storage.js';

/** Increments and sets the expiry atomically, so that no key is left without an expiry. */
const INCREMENT = `
  local hits = redis.call('INCR', KEYS[1])
  if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { hits, redis.call('PTTL', KEYS[1]) }
`;
const CONNECT_TIMEOUT_MS = 2_000;
const COMMAND_TIMEOUT_MS = 250;
/** Redis is not used for this long after a failure, so that an unresponsive Redis delays few requests. */
const RETRY_DELAY_MS = 1_000;
const WARNING_INTERVAL_MS = 60_000;
const NOT_COUNTED: Hits = { totalHits: 0, timeToExpire: 0, isBlocked: false, timeToBlockExpire: 0 };

/** Counts the hits of all instances in Redis. While Redis is unavailable, it allows every request and logs a warning. */
export class RedisStorage implements RateLimitStorage {
  private readonly redis: Redis;
  private pausedUntil = 0;
  private warnedAt = -Infinity;

  constructor(
    url: string,
    private readonly log: Logger,
  ) {
    this.redis = new Redis(url, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.redis.on('error', (error) => this.warn(error));
  }

  async increment(key: string, ttlMs: number, limit: number): Promise<Hits> {
    if (performance.now() < this.pausedUntil) {
      return NOT_COUNTED;
    }
    try {
      const [hits, remaining] = (await this.redis.eval(INCREMENT, 1, `limit:${key}`, ttlMs)) as [
        number,
        number,
      ];
      const timeToExpire = Math.ceil(remaining / 1000);
      const isBlocked = hits > limit;
      return { totalHits: hits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
    } catch (error) {
      this.pausedUntil = performance.now() + RETRY_DELAY_MS;
      this.warn(error as Error);
      return NOT_COUNTED;
    }
  }

  /** Resolves when Redis is ready, or after two seconds if it is not. */
  async waitUntilReady(): Promise<void> {
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
    await once(this.redis, 'ready', { signal }).catch(() => {});
  }

  close(): void {
    this.redis.disconnect();
  }

  private warn(error: Error): void {
    const now = performance.now();
    if (now - this.warnedAt >= WARNING_INTERVAL_MS) {
      this.warnedAt = now;
      this.log.warn({ reason: error.message }, 'Redis is unavailable, requests are not rate limited');
    }
  }
}
