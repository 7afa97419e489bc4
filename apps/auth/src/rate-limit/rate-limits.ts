import { createHash } from 'node:crypto';
import type { BetterAuthPlugin, BetterAuthRateLimitOptions } from 'better-auth';
import { APIError, createAuthMiddleware, getIP, getSessionFromCtx } from 'better-auth/api';
import type { RateLimit, RateLimitCounters } from './rate-limit-counters.js';

interface Limits {
  perAccountAndAddress?: RateLimit;
  perAccount: RateLimit;
  perAddress: RateLimit;
}

/**
 * Failed guesses at a password. One address soon has to wait, and all addresses together can't guess on; the owner at
 * another address is not held up by the first, and by the second never for longer than its window.
 */
const guesses: Limits = {
  perAccountAndAddress: { window: 5 * 60, max: 10 },
  perAccount: { window: 5 * 60, max: 30 },
  perAddress: { window: 10, max: 60 },
};

/** Requests that sent a mail: nobody's inbox is flooded. The links in these mails work as long as the window is. */
const mails: Limits = {
  perAccount: { window: 60 * 60, max: 5 },
  perAddress: { window: 60, max: 60 },
};

const limitsByPath: Record<string, Limits> = {
  '/sign-in/email': guesses,
  '/verify-password': guesses,
  '/change-password': guesses,
  '/delete-user': guesses,
  '/sign-up/email': mails,
  '/request-password-reset': mails,
  '/send-verification-email': mails,
};

const aboutOwnAccount = new Set(['/verify-password', '/change-password', '/delete-user']);

/** What costs next to nothing is not limited: many people can share one address, and every page asks for these. */
const unlimitedPaths = ['/get-session', '/token', '/sign-out', '/ok'];

/** Better Auth's limiter, by address, for all that `limitsByPath` does not name. */
export function addressLimits(counters: RateLimitCounters, enabled: boolean): BetterAuthRateLimitOptions {
  return {
    enabled,
    storage: 'database',
    window: 10,
    max: 100,
    customRules: Object.fromEntries(
      [...unlimitedPaths, ...Object.keys(limitsByPath)].map((path) => [path, false] as const),
    ),
    // One bucket for all these paths: made-up ones must not add up to more requests, nor to more rows.
    customStorage: { consume: (key, rule) => counters.consume(`${key.split('|', 1)[0]}|*`, rule) },
  };
}

type Context = Parameters<typeof getSessionFromCtx>[0];

/**
 * Limits what is aimed at one account, by that account first: who hammers on one account uses up nothing that the other
 * people behind the same address need.
 */
export function accountLimits(counters: RateLimitCounters): BetterAuthPlugin {
  return {
    id: 'account-limits',
    hooks: {
      before: [
        {
          matcher: isLimited,
          handler: createAuthMiddleware(async (context) => {
            for (const { key, limit } of await countersFor(context)) {
              const { retryAfter } = await counters.consume(key, limit);
              if (retryAfter !== null) throw tooManyRequests(retryAfter);
            }
          }),
        },
      ],
      after: [
        {
          matcher: isLimited,
          handler: createAuthMiddleware(async (context) => {
            const failed = context.context.returned instanceof APIError;
            const counts = limitsByPath[context.path] === guesses ? failed : !failed;
            if (counts) return;
            const consumed = await countersFor(context);
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

async function countersFor(
  context: Context,
): Promise<{ key: string; limit: RateLimit; refundable: boolean }[]> {
  const limits = limitsByPath[context.path]!;
  const kind = limits === guesses ? 'guess' : 'mail';
  const account = await accountOf(context);
  const address = getIP(context.request!, context.context.options) ?? 'unknown';
  return [
    { key: `${kind}|${account}|${address}`, limit: account && limits.perAccountAndAddress, refundable: true },
    { key: `${kind}|${account}`, limit: account && limits.perAccount, refundable: true },
    { key: `${kind}|${address}`, limit: limits.perAddress, refundable: false },
  ].filter((counter): counter is { key: string; limit: RateLimit; refundable: boolean } =>
    Boolean(counter.limit),
  );
}

/**
 * A digest of the e-mail address of the account that a request is about, whether there is such an account or not. Where
 * that is the signed-in one, nothing in the request can name another.
 */
async function accountOf(context: Context): Promise<string | undefined> {
  const email: unknown = aboutOwnAccount.has(context.path)
    ? (await getSessionFromCtx(context))?.user.email
    : context.body?.email;
  if (typeof email !== 'string') return undefined;
  return createHash('sha256').update(email.toLowerCase()).digest('base64url');
}

function tooManyRequests(retryAfter: number): APIError {
  return new APIError(
    'TOO_MANY_REQUESTS',
    { code: 'TOO_MANY_REQUESTS', message: 'Too many attempts. Please try again later.' },
    { 'X-Retry-After': String(retryAfter) },
  );
}
