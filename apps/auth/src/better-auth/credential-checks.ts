import { type BetterAuthPlugin, type GenericEndpointContext, getCurrentAdapter } from 'better-auth';
import { APIError, getOAuthState, getSessionFromCtx } from 'better-auth/api';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.js';
import { getProviderAddress } from '../social-sign-in/social-providers.js';
import { requestPasswords } from './request-passwords.js';

type Context = GenericEndpointContext | null;

/**
 * Creates a plugin that rejects a request whose credential was changed or deleted while the request was in progress, for
 * example by a password reset. A password is hashed for so long, and a provider responds so late, that this is likely.
 *
 * The checks run after the session or account was inserted. A reset locks the user first, so it deletes every row that was
 * inserted before. A change of the password changes the account before it deletes the sessions. So the lock of the check
 * waits for it.
 */
export function credentialChecks(db: Database): BetterAuthPlugin {
  const exists = async (query: RawBuilder<unknown>) => (await query.execute(db)).rows.length > 0;

  async function checkSession({ id, userId }: { id: string; userId: string }, context: Context) {
    if (context?.path !== '/sign-in/email' && context?.path !== '/callback/:id') {
      return;
    }
    const credential =
      context.path === '/sign-in/email'
        ? sql`"providerId" = 'credential' AND password = ${requestPasswords()?.verifiedHash ?? null}`
        : sql`"providerId" = ${context.params?.id}`;
    if (
      !(await exists(sql`SELECT FROM auth.account WHERE "userId" = ${userId} AND ${credential} FOR SHARE`))
    ) {
      await sql`DELETE FROM auth.session WHERE id = ${id}`.execute(db);
      throw credentialChanged();
    }
  }

  /** The address may have changed since the provider's account was matched by it, or the session may have ended. */
  async function checkAccount({ id, userId }: { id: string; userId: string }, context: Context) {
    if (context?.path !== '/callback/:id') {
      return;
    }
    const isStillAllowed = (await getOAuthState())?.link
      ? (await getSessionFromCtx(context))?.user.id === userId
      : await exists(
          sql`SELECT FROM auth."user" WHERE id = ${userId} AND email = lower(${await getProviderAddress()})`,
        );
    if (!isStillAllowed) {
      await sql`DELETE FROM auth.account WHERE id = ${id}`.execute(db);
      throw credentialChanged();
    }
  }

  /** Runs in the transaction of `/change-password`, which has already deleted the sessions that existed before. */
  async function changePassword({ password }: { password?: string | null }, context: Context) {
    if (context?.path !== '/change-password') {
      return;
    }
    const adapter = await getCurrentAdapter(context.context.adapter);
    const userId = context.context.session!.user.id;
    const changed = await adapter.updateMany({
      model: 'account',
      where: [
        { field: 'userId', value: userId },
        { field: 'providerId', value: 'credential' },
        { field: 'password', value: requestPasswords()?.verifiedHash ?? '' },
      ],
      update: { password },
    });
    if (changed !== 1) {
      throw credentialChanged();
    }
    await adapter.deleteMany({ model: 'session', where: [{ field: 'userId', value: userId }] });
  }

  return {
    id: 'credential-checks',
    init: () => ({
      options: {
        databaseHooks: {
          session: { create: { after: checkSession } },
          account: { create: { after: checkAccount }, update: { before: changePassword } },
        },
      },
    }),
  };
}

function credentialChanged(): APIError {
  return new APIError('UNAUTHORIZED', {
    code: 'CREDENTIAL_CHANGED',
    message: 'The password or the ways to sign in have changed. Please sign in again.',
  });
}
