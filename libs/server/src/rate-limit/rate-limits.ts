import { isIPv6 } from 'node:net';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';

const WINDOW_MS = 60_000;
const UNLIMITED = /^\/(health\/|metrics$|\.well-known\/jwks\.json$)/;

type Authenticated = FastifyRequest & { user?: { id: string } };

/** The address of a client; of IPv6 the /64 network, which is what one subscriber gets. */
export function addressOf(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) {
    return ip.replace(/^::ffff:/, '');
  }
  const [head = '', tail] = ip.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}

function tooMany(seconds: number): ProblemException {
  return new ProblemException(429, {
    detail: `Too many requests. Try again in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}

/**
 * Limits what reaches the server unauthenticated, by address: requests without a token, with a refused one, to no
 * route. An address over its limit is refused before anything is verified. What is authenticated counts for its user
 * alone (`UserRateLimit`), so that people behind one address don't use up each other's share.
 */
export function limitAddresses(fastify: FastifyInstance, storage: ThrottlerStorage, limit: number): void {
  const blocked = new Map<string, number>();

  fastify.addHook('onRequest', (request, _, done) => {
    const until = blocked.size > 0 ? blocked.get(addressOf(request.ip)) : undefined;
    const limited = until !== undefined && !UNLIMITED.test(request.url);
    done(limited ? tooMany(Math.max(1, Math.ceil((until - Date.now()) / 1000))) : undefined);
  });

  fastify.addHook('onSend', async (request: Authenticated, reply) => {
    if (
      request.user ||
      reply.statusCode === 429 ||
      request.method === 'OPTIONS' ||
      UNLIMITED.test(request.url)
    ) {
      return;
    }
    const address = addressOf(request.ip);
    const { totalHits, timeToExpire } = await storage.increment(
      `address:${address}`,
      WINDOW_MS,
      limit,
      0,
      'address',
    );
    if (totalHits >= limit && !blocked.has(address)) {
      blocked.set(address, Date.now() + timeToExpire * 1000);
      setTimeout(() => blocked.delete(address), timeToExpire * 1000).unref();
    }
  });
}

/** Limits what a user may ask for in a minute. It runs after the guards of the app, which know the user. */
export class UserRateLimit implements CanActivate {
  constructor(
    private readonly storage: ThrottlerStorage,
    private readonly limit: number,
  ) {}

  /** @throws ProblemException 429 with `Retry-After`. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { user } = context.switchToHttp().getRequest<Authenticated>();
    if (user) {
      const { isBlocked, timeToExpire } = await this.storage.increment(
        `user:${user.id}`,
        WINDOW_MS,
        this.limit,
        0,
        'user',
      );
      if (isBlocked) {
        throw tooMany(timeToExpire);
      }
    }
    return true;
  }
}
