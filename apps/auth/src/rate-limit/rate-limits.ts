import { createHash } from 'node:crypto';
import type { BetterAuthPlugin, BetterAuthRateLimitOptions } from 'better-auth';
import { APIError, createAuthMiddleware, getIP, getSessionFromCtx } from 'better-auth/api';
import { ExpiringMap } from './expiring-map.js';
import type { RateLimit, RateLimitCounters, Reservation } from './rate-limit-counters.js';

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

/**
 * Limits for requests that send an email. The window per account equals the lifetime of the links in these emails. The limit
 * per account and address is lower, so that one attacker can't use up the requests of the owner.
 */
const emailLimits: Limits = {
  perAccountAndAddress: { window: 60 * 60, max: 5 },
  perAccount: { window: 60 * 60, max: 15 },
  perAddress: { window: 60, max: 60 },
};

const limitsByPath: Record<string, Limits> = {
  '/sign-in/email': passwordLimits,
  '/verify-password': passwordLimits,
  '/change-password': passwordLimits,
  '/delete-user': passwordLimits,
  '/request-email-change': passwordLimits,
  '/sign-up/email': emailLimits,
  '/request-password-reset': emailLimits,
  '/send-verification-email': emailLimits,
};

/** These concern the account of the session, whatever the body contains. */
const sessionAccountPaths = new Set([
  '/verify-password',
  '/change-password',
  '/delete-user',
  '/request-email-change',
]);

/** Requests of the session itself. `SessionLimits` limits them in memory. */
export const sessionPaths = ['/get-session', '/token', '/sign-out'];

/** Limits per address and path. */
const pathLimits: Record<string, RateLimit> = {
  '/sign-in/social': { window: 10, max: 60 },
};

/** The limit per address for all other paths together: with one per path, invented paths would allow more requests. */
const defaultLimit: RateLimit = { window: 10, max: 100 };

/**
 * Returns the options of Better Auth's limiter. It limits each address on the paths without a limit of their own. Each
 * limit has its own counter. The last rule replaces Better Auth's built-in rules, which would share the default counter.
 */
export function addressLimits(counters: RateLimitCounters, enabled: boolean): BetterAuthRateLimitOptions {
  return {
    enabled,
    storage: 'database',
    ...defaultLimit,
    customRules: {
      ...Object.fromEntries(
        [...sessionPaths, '/ok', ...Object.keys(limitsByPath)].map((path) => [path, false] as const),
      ),
      ...pathLimits,
      '*': defaultLimit,
    },
    customStorage: {
      consume: (key, rule) => {
        const [address, path = ''] = key.split('|', 2);
        return counters.consume(`${address}|${path in pathLimits ? path : '*'}`, rule);
      },
    },
  };
}

type Context = Parameters<typeof getSessionFromCtx>[0];

/** How long the account of a session is remembered, so that a request over the account's limit reads no session. */
const ACCOUNT_MEMORY_MS = 5 * 60 * 1000;

/**
 * Creates a plugin that limits requests about one account. It checks the account's limits first, so an attack on one
 * account doesn't use up the limit of other users behind the same address.
 */
export function accountLimits(counters: RateLimitCounters): BetterAuthPlugin {
  const reservationsByRequest = new WeakMap<Request, Reservation[]>();
  const accountsBySession = new ExpiringMap<string>();

  async function findAccount(context: Context): Promise<string | undefined> {
    if (!sessionAccountPaths.has(context.path)) {
      return hashEmail(context.body?.email);
    }
    const { authCookies, secret } = context.context;
    const token = await context.getSignedCookie(authCookies.sessionToken.name, secret);
    const remembered = token ? accountsBySession.get(token)?.value : undefined;
    if (remembered) {
      rejectIfBlocked(listCounters(context, remembered));
    }
    const account = hashEmail((await getSessionFromCtx(context))?.user.email);
    if (token && account) {
      accountsBySession.set(token, account, ACCOUNT_MEMORY_MS);
    }
    return account;
  }

  function rejectIfBlocked(limited: Counter[]): void {
    for (const { key } of limited) {
      const retryAfter = counters.getRetryAfter(key);
      if (retryAfter !== null) {
        throw tooManyRequests(retryAfter);
      }
    }
  }

  async function refund(reservations: Reservation[]): Promise<void> {
    await Promise.all(reservations.map((reservation) => counters.refund(reservation)));
  }

  return {
    id: 'account-limits',
    hooks: {
      before: [
        {
          matcher: isLimited,
          handler: createAuthMiddleware(async (context) => {
            const limited = listCounters(context, await findAccount(context));
            rejectIfBlocked(limited);
            const reservations: Reservation[] = [];
            for (const { key, limit, refundable } of limited) {
              const consumed = await counters.consume(key, limit, { refundable });
              if (!consumed.allowed) {
                await refund(reservations);
                throw tooManyRequests(consumed.retryAfter);
              }
              if (refundable) {
                reservations.push(consumed.reservation);
              }
            }
            reservationsByRequest.set(context.request!, reservations);
          }),
        },
      ],
      after: [
        {
          matcher: isLimited,
          handler: createAuthMiddleware(async (context) => {
            const { returned } = context.context;
            const failed = returned instanceof APIError;
            const wasWrong = failed && returned.statusCode < 500;
            const counts = limitsByPath[context.path] === passwordLimits ? wasWrong : !failed;
            if (!counts) {
              await refund(reservationsByRequest.get(context.request!) ?? []);
            }
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

function listCounters(context: Context, account: string | undefined): Counter[] {
  const limits = limitsByPath[context.path]!;
  const kind = limits === passwordLimits ? 'password' : 'email';
  // Emails of one kind must not use up those of another: some requests count although they send none.
  const accountKey = kind === 'password' ? `${kind}|${account}` : `${kind}|${context.path}|${account}`;
  const address = getIP(context.request!, context.context.options) ?? 'unknown';
  return [
    { key: `${accountKey}|${address}`, limit: account && limits.perAccountAndAddress, refundable: true },
    { key: accountKey, limit: account && limits.perAccount, refundable: true },
    { key: `${kind}|${address}`, limit: limits.perAddress, refundable: false },
  ].filter((counter): counter is Counter => Boolean(counter.limit));
}

/** Returns a hash of the account's email address, also if there is no such account, or undefined without an address. */
export function hashEmail(email: unknown): string | undefined {
  if (typeof email !== 'string') {
    return undefined;
  }
  return createHash('sha256').update(email.toLowerCase()).digest('base64url');
}

export function tooManyRequests(retryAfter: number): APIError {
  return new APIError(
    'TOO_MANY_REQUESTS',
    { code: 'TOO_MANY_REQUESTS', message: 'Too many attempts. Please try again later.' },
    { 'X-Retry-After': String(retryAfter) },
  );
}
