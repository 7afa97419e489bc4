import { BASE_ERROR_CODES, type BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { sql } from 'kysely';
import { z } from 'zod';
import { lockSession, requireFreshSession } from '../better-auth/fresh-session.js';
import { assertPasswordLength } from '../better-auth/password-length.js';
import type { Database } from '../database/database.js';
import { getProviderAddress, listProviders, type SocialProviders } from './social-providers.js';

export interface SocialSignInOptions {
  db: Database;
  providers: SocialProviders;
  /** Conceals whether an address has an account. */
  requireEmailVerification: boolean;
  /** Tells the owner of an address that it has an account. */
  sendAddressTaken: (user: { id: string; email: string }) => void;
  /** Tells a user that their account has a new way to sign in. */
  sendSignInMethodAdded: (user: { id: string; email: string }, method: string) => Promise<void>;
}

/** Better Auth's endpoints for tokens of providers, which this server doesn't store, and one that this plugin replaces. */
export const disabledPaths = ['/get-access-token', '/refresh-token', '/account-info', '/unlink-account'];

const noTokens = {
  accessToken: null,
  refreshToken: null,
  idToken: null,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
  scope: null,
};

/**
 * Creates a plugin with the rules for accounts that have other ways to sign in than a password. All of them need a recent
 * sign-in to change.
 */
export function socialSignIn(options: SocialSignInOptions) {
  const { db, providers, requireEmailVerification, sendAddressTaken, sendSignInMethodAdded } = options;
  const names = new Map(listProviders(providers).map(({ id, name }) => [id, name]));
  const usableMethods = ['credential', ...names.keys()];

  /** Does nothing for the first method of a new user. */
  async function reportMethodAdded(userId: string, name: string): Promise<void> {
    const { rows } = await sql<{ id: string; email: string }>`
      SELECT id, email FROM auth."user"
      WHERE id = ${userId} AND (SELECT count(*) FROM auth.account WHERE "userId" = ${userId}) > 1`.execute(
      db,
    );
    for (const user of rows) {
      await sendSignInMethodAdded(user, name);
    }
  }

  return {
    id: 'social-sign-in',
    init: () => ({
      options: {
        databaseHooks: {
          account: {
            create: {
              before: async (account) => ({ data: { ...account, ...noTokens } }),
              after: async ({ userId, providerId }) =>
                reportMethodAdded(userId, names.get(providerId) ?? 'a password'),
            },
            update: { before: async (account) => ({ data: { ...account, ...noTokens } }) },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          // An ID token from a client isn't bound to a sign-in that this server has started.
          matcher: ({ path }) => path === '/sign-in/social' || path === '/link-social',
          handler: createAuthMiddleware(async ({ body }) => {
            if (body?.idToken !== undefined) {
              throw APIError.from('NOT_FOUND', BASE_ERROR_CODES.ID_TOKEN_NOT_SUPPORTED);
            }
            // It would be stored without a limit of its size.
            if (body?.additionalData !== undefined) {
              throw new APIError('BAD_REQUEST', {
                code: 'ADDITIONAL_DATA_NOT_SUPPORTED',
                message: 'additionalData is not supported.',
              });
            }
          }),
        },
        {
          matcher: ({ path }) => path === '/link-social',
          handler: createAuthMiddleware(async (context) => {
            await requireFreshSession(context);
          }),
        },
      ],
      after: [
        {
          // With required verification, an address with an account looks like a new one: an email explains the rest.
          matcher: ({ path }) => requireEmailVerification && path === '/callback/:id',
          handler: createAuthMiddleware(async (context) => {
            const { returned, baseURL, internalAdapter } = context.context;
            const location = isAPIError(returned) && new Headers(returned.headers).get('location');
            const url = location && new URL(location, baseURL);
            if (!url || url.searchParams.get('error') !== 'account_not_linked') {
              return;
            }
            const address = await getProviderAddress();
            const found = address && (await internalAdapter.findUserByEmail(address));
            if (found) {
              sendAddressTaken(found.user);
            }
            url.searchParams.set('error', 'email_not_verified');
            throw context.redirect(url.href);
          }),
        },
      ],
    },
    endpoints: {
      /** Disconnects a provider, unless it is the last way to sign in, and ends the user's other sessions. */
      disconnectProvider: createAuthEndpoint(
        '/disconnect-provider',
        { method: 'POST', body: z.object({ accountId: z.string() }) },
        async (context) => {
          const { session } = await requireFreshSession(context);
          const { accountId } = context.body;
          const isDeleted = await db.transaction().execute(async (transaction) => {
            await lockSession(transaction, session);
            // The lock makes a second request wait, which then sees what is left.
            const { rows } = await sql<{ id: string; providerId: string }>`
              SELECT id, "providerId" FROM auth.account WHERE "userId" = ${session.userId} ORDER BY id FOR UPDATE
            `.execute(transaction);
            const connected = rows.some(
              ({ id, providerId }) => id === accountId && providerId !== 'credential',
            );
            if (!connected) {
              throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.ACCOUNT_NOT_FOUND);
            }
            if (!rows.some(({ id, providerId }) => id !== accountId && usableMethods.includes(providerId))) {
              return false;
            }
            await sql`DELETE FROM auth.account WHERE id = ${accountId}`.execute(transaction);
            await sql`
              DELETE FROM auth.session WHERE "userId" = ${session.userId} AND id <> ${session.id}
            `.execute(transaction);
            return true;
          });
          if (!isDeleted) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.FAILED_TO_UNLINK_LAST_ACCOUNT);
          }
          return context.json({ status: true });
        },
      ),
      /** Adds a password to an account without one, and ends the user's other sessions. */
      addPassword: createAuthEndpoint(
        '/add-password',
        { method: 'POST', body: z.object({ newPassword: z.string() }) },
        async (context) => {
          const { session } = await requireFreshSession(context);
          const { password, internalAdapter, generateId } = context.context;
          const { newPassword } = context.body;
          assertPasswordLength(context, newPassword);
          if (await internalAdapter.findCredentialAccount(session.userId)) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.PASSWORD_ALREADY_SET);
          }
          const hash = await password.hash(newPassword);
          const isAdded = await db.transaction().execute(async (transaction) => {
            await lockSession(transaction, session);
            const { numAffectedRows } = await sql`
              INSERT INTO auth.account
                (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
              SELECT ${generateId({ model: 'account' })}, id, 'credential', id, ${hash}, now(), now()
              FROM auth."user"
              WHERE id = ${session.userId} AND NOT EXISTS (
                SELECT FROM auth.account WHERE "userId" = ${session.userId} AND "providerId" = 'credential'
              )`.execute(transaction);
            await sql`
              DELETE FROM auth.session WHERE "userId" = ${session.userId} AND id <> ${session.id}
            `.execute(transaction);
            return numAffectedRows === 1n;
          });
          if (!isAdded) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.PASSWORD_ALREADY_SET);
          }
          await reportMethodAdded(session.userId, 'a password');
          return context.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
