import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { isUniqueViolation } from '../database/database-errors.js';
import type { Database } from '../database/database.js';
import { linkLifetimes } from '../mail/messages.js';
import { deletePersonalTokens } from '../personal-tokens/personal-tokens.js';

export interface EmailChangeRequest {
  userId: string;
  sessionId: string;
  /** The address that can be restored. Null if it was never verified: it may belong to someone else. */
  verifiedEmail: string | null;
  newEmail: string;
}

/** Whether an address can be used for another account. */
export type Availability = 'free' | 'taken' | 'reserved';

/**
 * Replaces the pending change of a user. The links contain the tokens, of which the database has only hashes.
 *
 * @returns undefined if the session has ended
 */
export async function createEmailChange(db: Database, request: EmailChangeRequest) {
  const { userId, sessionId, verifiedEmail, newEmail } = request;
  const [confirmToken, restoreToken] = [createToken(), createToken()];
  return db.transaction().execute(async (transaction) => {
    // In the order in which a restoration locks them: it ends the sessions, and then deletes the pending change.
    await sql`SELECT FROM auth."user" WHERE id = ${userId} FOR KEY SHARE`.execute(transaction);
    const session = await sql`
      SELECT FROM auth.session WHERE id = ${sessionId} FOR SHARE`.execute(transaction);
    if (session.rows.length === 0) {
      return undefined;
    }
    await sql`
      INSERT INTO auth.email_changes (user_id, new_email, token_hash, expires_at)
      VALUES (${userId}, ${newEmail}, ${hash(confirmToken)},
              now() + make_interval(secs => ${linkLifetimes.hourSeconds}))
      ON CONFLICT (user_id) DO UPDATE SET
        new_email = excluded.new_email, token_hash = excluded.token_hash, expires_at = excluded.expires_at
    `.execute(transaction);
    if (verifiedEmail !== null) {
      await sql`
        INSERT INTO auth.email_restore_links (token_hash, user_id, email, expires_at)
        VALUES (${hash(restoreToken)}, ${userId}, ${verifiedEmail},
                now() + make_interval(secs => ${linkLifetimes.weekSeconds}))`.execute(transaction);
    }
    return { confirmToken, restoreToken };
  });
}

/** @param userId The account that wants the address, if it exists already. */
export async function checkAvailability(db: Database, email: string, userId = ''): Promise<Availability> {
  const { rows } = await sql<{ taken: boolean; reserved: boolean }>`
    SELECT EXISTS (SELECT FROM auth."user" WHERE email = ${email}) AS taken,
      EXISTS (
        SELECT FROM auth.email_restore_links
        WHERE email = ${email} AND user_id <> ${userId} AND expires_at > now()
      ) AS reserved`.execute(db);
  return rows[0]?.taken ? 'taken' : rows[0]?.reserved ? 'reserved' : 'free';
}

/**
 * Changes the address to the new one, which is verified by the link. Links that were sent to the old address end.
 *
 * @returns whether the token was valid
 * @throws AddressTakenError
 */
export async function confirmEmailChange(db: Database, token: string): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    await lockUser(
      transaction,
      sql`(SELECT user_id FROM auth.email_changes WHERE token_hash = ${hash(token)})`,
    );
    const { rows } = await sql<{ userId: string; email: string }>`
      DELETE FROM auth.email_changes WHERE token_hash = ${hash(token)} AND expires_at > now()
      RETURNING user_id AS "userId", new_email AS email`.execute(transaction);
    const [change] = rows;
    if (!change) {
      return false;
    }
    await setVerifiedEmail(transaction, change);
    await deleteLinks(transaction, change.userId);
    return true;
  });
}

/**
 * Restores the address that the link was sent to, and ends everything that another person could have used: sessions, the
 * password, linked providers, personal tokens, the pending change, and the links of this and later changes. Earlier links
 * keep working: the first owner of an account wins, however often its address was changed.
 *
 * @returns the user's id if the token was valid
 * @throws AddressTakenError
 */
export async function restoreEmail(db: Database, token: string): Promise<string | undefined> {
  return db.transaction().execute(async (transaction) => {
    await lockUser(
      transaction,
      sql`(SELECT user_id FROM auth.email_restore_links WHERE token_hash = ${hash(token)})`,
    );
    const { rows } = await sql<{ userId: string; email: string; createdAt: string }>`
      DELETE FROM auth.email_restore_links WHERE token_hash = ${hash(token)} AND expires_at > now()
      RETURNING user_id AS "userId", email, created_at::text AS "createdAt"`.execute(transaction);
    const [restored] = rows;
    if (!restored) {
      return undefined;
    }
    const { userId, createdAt } = restored;
    await sql`DELETE FROM auth.session WHERE "userId" = ${userId}`.execute(transaction);
    await sql`DELETE FROM auth.account WHERE "userId" = ${userId}`.execute(transaction);
    await sql`
      DELETE FROM auth.email_restore_links WHERE user_id = ${userId} AND created_at >= ${createdAt}::timestamptz
    `.execute(transaction);
    await deletePersonalTokens(transaction, userId);
    await cancelEmailChange(transaction, userId);
    await setVerifiedEmail(transaction, restored);
    await deleteLinks(transaction, userId);
    return userId;
  });
}

/**
 * Locks a user until the transaction ends. New sessions and accounts of the user wait for it, because their foreign keys
 * lock the user as well. So this transaction can delete every one that exists, and the others are inserted after it.
 *
 * @param userId The id, or an SQL expression for it
 * @returns whether the user exists
 */
export async function lockUser(transaction: Database, userId: unknown): Promise<boolean> {
  const { rows } = await sql`SELECT FROM auth."user" WHERE id = ${userId} FOR UPDATE`.execute(transaction);
  return rows.length > 0;
}

export async function cancelEmailChange(db: Database, userId: string): Promise<void> {
  await sql`DELETE FROM auth.email_changes WHERE user_id = ${userId}`.execute(db);
}

/** Longer than any value that contains the id of a user. Searching longer values could exceed the time limit of statements. */
const MAX_SEARCHED_BYTES = 16_384;

/** Deletes the links with which the user can reset the password or link a provider. */
export async function deleteLinks(db: Database, userId: string): Promise<void> {
  // Better Auth stores the user's id, unchanged or in JSON.
  await sql`
    DELETE FROM auth.verification
    WHERE octet_length(value) < ${MAX_SEARCHED_BYTES} AND strpos(value, ${userId}) > 0`.execute(db);
}

/** Thrown if another account has the address. */
export class AddressTakenError extends Error {}

async function setVerifiedEmail(
  db: Database,
  { userId, email }: { userId: string; email: string },
): Promise<void> {
  try {
    await sql`
      UPDATE auth."user" SET email = ${email}, "emailVerified" = true, "updatedAt" = now()
      WHERE id = ${userId}`.execute(db);
  } catch (error) {
    throw isUniqueViolation(error) ? new AddressTakenError() : error;
  }
}

function createToken(): string {
  return randomBytes(32).toString('base64url');
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
