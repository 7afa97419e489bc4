import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ProblemException } from '../problem/problem.exception.js';
import { BlockedKeys } from './blocked-keys.js';
import { rateLimitKey } from './rate-limit-key.js';
import { MemoryStorage } from './memory-storage.js';
import type { Hits, RateLimitStorage } from './rate-limit-storage.js';
import { RedisStorage } from './redis-storage.js';

const WINDOW_MS = 60_000;
const UNLIMITED_PATHS = /^\/(health\/|metrics$|\.well-known\/jwks\.json$)/;

type Authenticated = FastifyRequest & { user?: { id: string } };

export interface RateLimitOptions {
  /** 0 or undefined: no limit. */
  rateLimitPerMinute?: number;
  redisUrl?: string;
}

/** Registers two rate limits: one per address for unauthenticated requests, and one per user for the others. */
export async function registerRateLimits(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  { rateLimitPerMinute: limit, redisUrl }: RateLimitOptions,
  log: Logger,
): Promise<void> {
  if (!limit) {
    return;
  }
  let storage: RateLimitStorage = new MemoryStorage();
  if (redisUrl) {
    const redis = new RedisStorage(redisUrl, log);
    fastify.addHook('onClose', async () => redis.close());
    await redis.waitUntilReady();
    storage = redis;
  }
  registerAddressLimit(fastify, storage, limit);
  app.useGlobalGuards(new UserRateLimitGuard(storage, limit));
}

function tooManyRequests(seconds: number): ProblemException {
  return new ProblemException(429, {
    detail: `Too many requests. Try again in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}

/**
 * Limits unauthenticated requests by address: those without a token, with a rejected token, or to an unknown route.
 * An address over its limit is rejected before its token is verified. Authenticated requests count for their user only
 * (`UserRateLimitGuard`), so that users behind one address don't share a limit. A 503 never counts, because a signed-in
 * user gets it while the key for their token is unavailable.
 */
function registerAddressLimit(fastify: FastifyInstance, storage: RateLimitStorage, limit: number): void {
  const blocked = new BlockedKeys();

  fastify.addHook('onRequest', (request, _, done) => {
    const seconds = blocked.size > 0 ? blocked.getRemainingSeconds(rateLimitKey(request.ip)) : undefined;
    const reject = seconds !== undefined && !UNLIMITED_PATHS.test(request.url);
    done(reject ? tooManyRequests(seconds) : undefined);
  });

  fastify.addHook('onSend', (request: Authenticated, reply, _, done) => {
    const { statusCode } = reply;
    const exempt = request.user || statusCode === 429 || statusCode === 503 || request.method === 'OPTIONS';
    if (exempt || UNLIMITED_PATHS.test(request.url)) {
      done();
      return;
    }
    // Not an async hook, which would cost the responses to signed-in users a promise.
    return countAddress(rateLimitKey(request.ip));
  });

  async function countAddress(address: string): Promise<void> {
    const { totalHits, timeToExpire } = await storage.increment(
      `address:${address}`,
      WINDOW_MS,
      limit,
      0,
      'address',
    );
    if (totalHits >= limit) {
      blocked.add(address, timeToExpire);
    }
  }
}

/**
 * Limits the requests of a user. It runs after the guards of the app, which authenticate the user. Requests over the limit
 * are rejected from memory, so that they don't reach Redis.
 */
class UserRateLimitGuard implements CanActivate {
  private readonly blocked = new BlockedKeys();

  constructor(
    private readonly storage: RateLimitStorage,
    private readonly limit: number,
  ) {}

  /** @throws ProblemException 429 with `Retry-After` if the user is over the limit. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { user } = context.switchToHttp().getRequest<Authenticated>();
    if (!user) {
      return true;
    }
    this.assertNotBlocked(user.id);
    const hits = this.storage.increment(`user:${user.id}`, WINDOW_MS, this.limit, 0, 'user');
    return hits instanceof Promise
      ? hits.then((counted) => this.checkHits(user.id, counted))
      : this.checkHits(user.id, hits);
  }

  private checkHits(userId: string, { totalHits, isBlocked, timeToExpire }: Hits): boolean {
    if (totalHits >= this.limit) {
      this.blocked.add(userId, timeToExpire);
    }
    if (isBlocked) {
      throw tooManyRequests(timeToExpire);
    }
    return true;
  }

  private assertNotBlocked(userId: string): void {
    const seconds = this.blocked.getRemainingSeconds(userId);
    if (seconds !== undefined) {
      throw tooManyRequests(seconds);
    }
  }
}
