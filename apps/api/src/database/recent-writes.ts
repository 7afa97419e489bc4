import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';

/** How long users read from the primary after a write, and how far the replica may lag behind. */
export const MAX_REPLICATION_LAG_MS = 5_000;
const COMMAND_TIMEOUT_MS = 250;

/**
 * Records in Redis, for all instances, which users have written within the last 5 s. While Redis is unavailable, and for
 * 5 s after it is back (it may have lost its data), every user counts as one with a recent write.
 */
@Injectable()
export class RecentWrites implements OnApplicationShutdown {
  private readonly logger = new Logger(RecentWrites.name);
  private readonly redis: Redis;
  private untrustedUntil = Infinity;

  constructor(redisUrl: string) {
    this.redis = new Redis(redisUrl, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.redis.on('error', () => this.markUntrusted());
    this.redis.on('close', () => this.markUntrusted());
    this.redis.on('ready', () => this.markUntrusted());
  }

  /** Records a write. Call it after the commit and before the response is sent. */
  async record(ownerId: string): Promise<void> {
    await this.redis.set(key(ownerId), '', 'PX', MAX_REPLICATION_LAG_MS).catch((error: Error) => {
      this.logger.warn(`Redis is unavailable; lists are read from the primary: ${error.message}`);
      this.markUntrusted();
    });
  }

  /** Returns whether the user may have written within the last 5 s. */
  async hasRecentWrite(ownerId: string): Promise<boolean> {
    if (performance.now() < this.untrustedUntil) {
      return true;
    }
    try {
      return (await this.redis.exists(key(ownerId))) === 1;
    } catch {
      this.markUntrusted();
      return true;
    }
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }

  private markUntrusted(): void {
    this.untrustedUntil = performance.now() + MAX_REPLICATION_LAG_MS;
  }
}

const key = (ownerId: string) => `wrote:${ownerId}`;
