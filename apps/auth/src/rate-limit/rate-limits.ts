import { createHash } from 'node:crypto';
import type { BetterAuthPlugin, BetterAuthRateLimitOptions } from 'better-auth';
import { APIError, createAuthMiddleware, getIP, getSessionFromCtx } from 'better-auth/api';
import type { RateLimit, RateLimitCounters } from './rate-limit-counters.js';

/** "Address" is an IP address here. */
interface Limits {
  perAccountAndAddress?: RateLimit;
  perAccount: RateLimit;
  perAddress: RateLimit;
}

/**
 * Limits for wrong passwords. The limit per account and address stops one attacker without locking out the owner, who
 * uses another address. The limit per account stops a distributed attack, and delays the owner for one window at most.
 */
const passwordLimits: Limits = {
  perAccountAndAddress: { window: 5 * 60, max: 10 },
  perAccount: { window: 5 * 60, max: 30 },
  perAddress: { window: 10, max: 60 },
};

/** Limits for requests that send an email. The window per account equals the lifetime of the links in these emails. */
const emailLimits: Limits = {
  perAccount: { window: 60 * 60, max: 5 },
  perAddress: { window: 60, max: 60 },
};

const limitsByPath: Record<string, Limits> = {
  '/sign-in/email': passwordLimits,
  '/verify-password': passwordLimits,
  '/change-password': passwordLimits,
  '/delete-user': passwordLimits,
  '/sign-up/email': emailLimits,
  '/request-password-reset': emailLimits,
  '/send-verification-email': emailLimits,
};

/** These concern the account of the session, whatever the body contains. */
const sessionAccountPaths = new Set(['/verify-password', '/change-password', '/delete-user']);

/** Cheap requests that every page sends. A limit would affect users who share an address. */
const unlimitedPaths = ['/get-session', '/token', '/sign-out', '/ok'];

/** Returns the options of Better Auth's limiter. It limits each address on the paths without a limit of their own. */
export function addressLimits(counters: RateLimitCounters, enabled: boolean): BetterAuthRateLimitOptions {
  return {
    enabled,
    storage: 'database',
    window: 10,
    max: 100,
    customRules: Object.fromEntries(
      [...unlimitedPaths, ...Object.keys(limitsByPath)].map((path) => [path, false] as const),
    ),
    // One counter for all paths: with one per path, invented paths would allow more requests and fill the table.
    customStorage: { consume: (key, rule) => counters.consume(`${key.split('|', 1)[0]}|*`, rule) },
  };
}

type Context = Parameters<typeof getSessionFromCtx>[0];

/**
 * Creates a plugin that limits requests about one account. It checks the account's limits first, so an attack on one
 * account doesn't use up the limit of other users behind the same address.
 */
export function accountLimits(counters: RateLimitCounters): BetterAuthPlugin {
  return {
    id: 'account-limits',
    hooks: {
      before: [
        {
          matcher: isLimited,
          handler: createAuthMiddleware(async (context) => {
            for (const { key, limit } of await getCounters(context)) {
              const { retryAfter } = await counters.consume(key, limit);
              if (retryAfter !== null) {
                throw tooManyRequests(retryAfter);
              }
            }
          }),
        },
      ],
      after: [
        {
          matcher: isLimited,
          handler: createAuthMiddleware(async (context) => {
            const failed = context.context.returned instanceof APIError;
            const counts = limitsByPath[context.path] === passwordLimits ? failed : !failed;
            if (counts) {
              return;
            }
            const consumed = await getCounters(context);
            await Promise.all(
              consumed.filter(({ refundable }) => refundable).map(({ key }) => counters.refund(key)),
            );
          }),
        },
      ],
    },
  };
}

function isLimited({ path, request }: { path?: string; request?: Request }): boolean {
  return Boolean(request && path && path in limitsByPath);
}

interface Counter {
  key: string;
  limit: RateLimit;
  /** True if the request is not counted after a correct password, or if it sent no email. */
  refundable: boolean;
}

async function getCounters(context: Context): Promise<Counter[]> {
  const limits = limitsByPath[context.path]!;
  const kind = limits === passwordLimits ? 'password' : 'email';
  const account = await hashAccount(context);
  const address = getIP(context.request!, context.context.options) ?? 'unknown';
  return [
    { key: `${kind}|${account}|${address}`, limit: account && limits.perAccountAndAddress, refundable: true },
    { key: `${kind}|${account}`, limit: account && limits.perAccount, refundable: true },
    { key: `${kind}|${address}`, limit: limits.perAddress, refundable: false },
  ].filter((counter): counter is Counter => Boolean(counter.limit));
}

/** Returns a hash of the account's email address, also if there is no such account, or undefined without an address. */
async function hashAccount(context: Context): Promise<string | undefined> {
  const email: unknown = sessionAccountPaths.has(context.path)
    ? (await getSessionFromCtx(context))?.user.email
    : context.body?.email;
  if (typeof email !== 'string') {
    return undefined;
  }
  return createHash('sha256').update(email.toLowerCase()).digest('base64url');
}

function tooManyRequests(retryAfter: number): APIError {
  return new APIError(
    'TOO_MANY_REQUESTS',
    { code: 'TOO_MANY_REQUESTS', message: 'Too many attempts. Please try again later.' },
    { 'X-Retry-After': String(retryAfter) },
  );
}
