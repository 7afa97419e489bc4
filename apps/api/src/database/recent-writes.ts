import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';

/** How long the reads of a user who has written go to the primary, and how far behind a replica may be. */
export const CATCH_UP_MS = 5_000;
const COMMAND_TIMEOUT_MS = 250;

/**
 * Remembers in Redis, for all instances, who has written within the last 5 s. While Redis is away, and for 5 s after
 * it has come back perhaps without its memory, everybody counts as one who has.
 */
@Injectable()
export class RecentWrites implements OnApplicationShutdown {
  private readonly logger = new Logger(RecentWrites.name);
  private readonly redis: Redis;
  private forgetfulUntil = Infinity;

  constructor(redisUrl: string) {
    this.redis = new Redis(redisUrl, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.redis.on('error', () => this.distrust());
    this.redis.on('close', () => this.distrust());
    this.redis.on('ready', () => this.distrust());
  }

  /** To be called after a write is committed and before it is answered. */
  async note(ownerId: string): Promise<void> {
    await this.redis.set(key(ownerId), '', 'PX', CATCH_UP_MS).catch((error: Error) => {
      this.logger.warn(`Redis is away, lists are read from the primary: ${error.message}`);
      this.distrust();
    });
  }

  /** Whether this user may have written within the last 5 s. */
  async mayInclude(ownerId: string): Promise<boolean> {
    if (performance.now() < this.forgetfulUntil) {
      return true;
    }
    try {
      return (await this.redis.exists(key(ownerId))) === 1;
    } catch {
      this.distrust();
      return true;
    }
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }

  private distrust(): void {
    this.forgetfulUntil = performance.now() + CATCH_UP_MS;
  }
}

const key = (ownerId: string) => `wrote:${ownerId}`;
