import { sql } from 'kysely';
import type { Database } from '../database/database.js';
import { cancelEmailChange, deleteLinks } from '../email-change/email-changes.js';

/**
 * Verifies the user's address, because the reset link was sent there, and makes the new password the only way to sign in.
 *
 * Someone else may have created the account, or connected their own provider with a stolen session. So links, connected
 * providers, sessions and a pending change of the address are deleted.
 */
export async function completePasswordReset(db: Database, userId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await deleteLinks(transaction, userId);
    await sql`
      UPDATE auth."user" SET "emailVerified" = true, "updatedAt" = now()
      WHERE id = ${userId} AND NOT "emailVerified"`.execute(transaction);
    await sql`
      DELETE FROM auth.account WHERE "userId" = ${userId} AND "providerId" <> 'credential'
    `.execute(transaction);
    await sql`DELETE FROM auth.session WHERE "userId" = ${userId}`.execute(transaction);
    await cancelEmailChange(transaction, userId);
  });
}
