import type { ThrottlerStorage } from '@nestjs/throttler';

export type Hits = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Like `ThrottlerStorage`, but a storage in memory returns the hits without a promise. */
export interface RateLimitStorage {
  increment(...args: Parameters<ThrottlerStorage['increment']>): Hits | Promise<Hits>;
}
