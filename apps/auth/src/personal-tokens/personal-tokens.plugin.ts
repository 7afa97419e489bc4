import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, sessionMiddleware } from 'better-auth/api';
import { signJWT } from 'better-auth/plugins/jwt';
import { z } from 'zod';
import { lockSession, requireFreshSession } from '../better-auth/fresh-session.js';
import type { Database } from '../database/database.js';
import type { RateLimitCounters } from '../rate-limit/rate-limit-counters.js';
import { tooManyRequests } from '../rate-limit/rate-limits.js';
import type { SigningOptions } from '../signing-keys/signing-options.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';
import { apiScopes } from './api-scopes.js';
import {
  deletePersonalToken,
  findTokenGrant,
  insertPersonalToken,
  listPersonalTokens,
  MAX_TOKENS_PER_USER,
  recordTokenUse,
} from './personal-tokens.js';
import { createToken, readPersonalToken } from './token-format.js';

export interface PersonalTokensOptions {
  db: Database;
  signingOptions: SigningOptions;
  /** Missing if rate limits are off. */
  counters?: RateLimitCounters;
  /** Tells a user that a token was created for their account. */
  sendTokenCreated: (user: { id: string; email: string }) => Promise<void>;
}

export const EXCHANGE_PATH = '/token/exchange';

/** The type of access tokens that their scopes limit. The api rejects it where it can't check scopes. */
const SCOPED_TYPE = 'scoped+jwt';

/** New tokens per user. Each sends an email. */
const creationLimit = { window: 60 * 60, max: 20 };

const newToken = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{Cc}\p{Surrogate}]*$/u, 'must not contain control characters'),
  scopes: z.array(z.string()).min(1).max(100),
  expiresInDays: z.int().min(1).max(365).default(90),
});

/**
 * Creates a plugin for personal access tokens, with which scripts call the api. A token is good for one request only:
 * `/token/exchange` returns a short-lived access token for it. No session is ever made from it.
 */
export function personalTokens({ db, signingOptions, counters, sendTokenCreated }: PersonalTokensOptions) {
  return {
    id: 'personal-tokens',
    endpoints: {
      /** Lists the tokens of the user, and the scopes that a new one can have. */
      listPersonalTokens: createAuthEndpoint(
        '/list-personal-tokens',
        { method: 'GET', use: [sessionMiddleware] },
        async (context) => {
          const tokens = await listPersonalTokens(db, context.context.session.user.id);
          return context.json({ tokens, scopes: apiScopes });
        },
      ),
      /** Creates a token. No later response contains its text. */
      createPersonalToken: createAuthEndpoint(
        '/create-personal-token',
        { method: 'POST', body: newToken },
        async (context) => {
          const { session, user } = await requireFreshSession(context);
          const { name, scopes, expiresInDays } = context.body;
          const unknown = scopes.find((scope) => !apiScopes.includes(scope));
          if (unknown !== undefined) {
            throw new APIError('BAD_REQUEST', {
              code: 'UNKNOWN_SCOPE',
              message: `A scope is unknown. The api has these scopes: ${apiScopes.join(', ')}.`,
            });
          }
          const consumed = await counters?.consume(`personal-token|${user.id}`, creationLimit);
          if (consumed?.allowed === false) {
            throw tooManyRequests(consumed.retryAfter);
          }
          const token = createToken();
          const values = { userId: user.id, token, name, scopes: [...new Set(scopes)], expiresInDays };
          const created = await db.transaction().execute(async (transaction) => {
            await lockSession(transaction, session);
            return insertPersonalToken(transaction, values);
          });
          if (!created) {
            throw new APIError('BAD_REQUEST', {
              code: 'TOO_MANY_TOKENS',
              message: `You have ${MAX_TOKENS_PER_USER} tokens. Revoke one before you create another.`,
            });
          }
          // An address that was never verified may belong to someone else.
          if (user.emailVerified) {
            await sendTokenCreated(user);
          }
          return context.json({ ...created, token });
        },
      ),
      revokePersonalToken: createAuthEndpoint(
        '/revoke-personal-token',
        { method: 'POST', use: [sessionMiddleware], body: z.object({ id: z.string() }) },
        async (context) => {
          if (!(await deletePersonalToken(db, context.context.session.user.id, context.body.id))) {
            throw new APIError('NOT_FOUND', {
              code: 'TOKEN_NOT_FOUND',
              message: 'You have no token with this id.',
            });
          }
          return context.json({ status: true });
        },
      ),
      /** Returns an access token with the scopes of the personal token in the `Authorization` header. */
      exchangePersonalToken: createAuthEndpoint(
        EXCHANGE_PATH,
        { method: 'POST', requireHeaders: true },
        async (context) => {
          const personalToken = readPersonalToken(context.headers.get('authorization'));
          const grant = personalToken && (await findTokenGrant(db, personalToken));
          if (!grant) {
            throw new APIError(
              'UNAUTHORIZED',
              { code: 'INVALID_TOKEN', message: 'The personal access token is invalid, expired or revoked.' },
              { 'www-authenticate': 'Bearer error="invalid_token"' },
            );
          }
          if (grant.isUseOutdated) {
            await recordTokenUse(db, grant.id);
          }
          const iat = Math.floor(Date.now() / 1000);
          const exp = Math.min(
            iat + tokenLifetimes.tokenSeconds,
            Math.floor(grant.expiresAt.getTime() / 1000),
          );
          const token = await signJWT(context, {
            options: await signingOptions(context, grant.activeKeyId ?? undefined),
            payload: { sub: grant.userId, scope: grant.scopes.join(' '), iat, exp },
            header: { typ: SCOPED_TYPE },
          });
          return context.json({ token, expiresIn: exp - iat });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
