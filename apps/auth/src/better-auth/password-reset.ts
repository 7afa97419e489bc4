import { BASE_ERROR_CODES, type BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../database/database.js';
import { cancelEmailChange, deleteLinks, lockUser } from '../email-change/email-changes.js';
import { deletePersonalTokens } from '../personal-tokens/personal-tokens.js';
import { assertPasswordLength } from './password-length.js';

interface PasswordReset {
  userId: string;
  /** The id of the row that the token was found in. */
  verificationId: string;
  hash: string;
  /** The id of the user's password account, if there is none yet. */
  accountId: string;
}

/**
 * Creates a plugin that replaces `/reset-password`. Better Auth's own endpoint calls `onPasswordReset` after its transaction.
 * A failure there would leave connected providers and other links, and the link of the reset would no longer work.
 */
export function passwordReset(db: Database) {
  return {
    id: 'password-reset',
    endpoints: {
      resetPassword: createAuthEndpoint(
        '/reset-password',
        {
          method: 'POST',
          query: z.object({ token: z.string().optional() }).optional(),
          body: z.object({ newPassword: z.string(), token: z.string().optional() }),
        },
        async (context) => {
          const { internalAdapter, password, generateId } = context.context;
          const { newPassword, token = context.query?.token } = context.body;
          assertPasswordLength(context, newPassword);
          const verification = await internalAdapter.findVerificationValue(`reset-password:${token}`);
          if (!token || !verification || verification.expiresAt < new Date()) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.INVALID_TOKEN);
          }
          const isReset = await resetPassword(db, {
            userId: verification.value,
            verificationId: verification.id,
            hash: await password.hash(newPassword),
            accountId: generateId({ model: 'account' }) as string,
          });
          if (!isReset) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.INVALID_TOKEN);
          }
          return context.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

/**
 * Verifies the user's address, because the reset link was sent there, and makes the new password the only way to sign in.
 *
 * Someone else may have created the account, or connected their own provider with a stolen session. So links, connected
 * providers, sessions, personal tokens and a pending change of the address are deleted.
 *
 * @returns whether the token was still valid
 */
async function resetPassword(
  db: Database,
  { userId, verificationId, hash, accountId }: PasswordReset,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const userExists = await lockUser(transaction, userId);
    const { numAffectedRows } = await sql`
      DELETE FROM auth.verification WHERE id = ${verificationId}`.execute(transaction);
    if (!userExists || numAffectedRows !== 1n) {
      return false;
    }
    await deleteLinks(transaction, userId);
    await sql`
      UPDATE auth."user" SET "emailVerified" = true, "updatedAt" = now()
      WHERE id = ${userId} AND NOT "emailVerified"`.execute(transaction);
    const updated = await sql`
      UPDATE auth.account SET password = ${hash}, "updatedAt" = now()
      WHERE "userId" = ${userId} AND "providerId" = 'credential'`.execute(transaction);
    if (updated.numAffectedRows === 0n) {
      await sql`
        INSERT INTO auth.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
        VALUES (${accountId}, ${userId}, 'credential', ${userId}, ${hash}, now(), now())`.execute(
        transaction,
      );
    }
    await sql`
      DELETE FROM auth.account WHERE "userId" = ${userId} AND "providerId" <> 'credential'
    `.execute(transaction);
    await sql`DELETE FROM auth.session WHERE "userId" = ${userId}`.execute(transaction);
    await deletePersonalTokens(transaction, userId);
    await cancelEmailChange(transaction, userId);
    return true;
  });
}
