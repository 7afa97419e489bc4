import { sql } from 'kysely';
import type { Database } from '../database/database.js';

/**
 * Verifies the user's address, because the reset link was sent there, and invalidates every other link of the user.
 *
 * If the address was not verified before, someone else may have created the account. Only the new password remains:
 * linked providers and sessions are deleted.
 */
export async function completePasswordReset(db: Database, userId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // Better Auth stores the user's id, unchanged or in JSON.
    await sql`DELETE FROM auth.verification WHERE strpos(value, ${userId}) > 0`.execute(transaction);
    const { numAffectedRows } = await sql`
      UPDATE auth."user" SET "emailVerified" = true, "updatedAt" = now()
      WHERE id = ${userId} AND NOT "emailVerified"`.execute(transaction);
    if (numAffectedRows) {
      await sql`
        DELETE FROM auth.account WHERE "userId" = ${userId} AND "providerId" <> 'credential'
      `.execute(transaction);
      await sql`DELETE FROM auth.session WHERE "userId" = ${userId}`.execute(transaction);
    }
  });
}
