import type { BetterAuthPlugin } from 'better-auth';
import { APIError } from 'better-auth/api';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';

/** Selects the bans that have not ended. */
export const isActiveBan = sql`(bans.expires_at IS NULL OR bans.expires_at > now())`;

/**
 * Creates a plugin that rejects every new session of a banned user, however it was created. A ban locks the user, so a
 * session is inserted either before the ban, which deletes it, or after it. Then this check, which runs after the insertion,
 * finds the ban.
 */
export function bans(db: Database): BetterAuthPlugin {
  const rejectIfBanned = async ({ id, userId }: { id: string; userId: string }) => {
    const { rows } = await sql<{ expiresAt: Date | null }>`
      SELECT expires_at AS "expiresAt" FROM auth.bans WHERE user_id = ${userId} AND ${isActiveBan}`.execute(
      db,
    );
    if (rows[0]) {
      await sql`DELETE FROM auth.session WHERE id = ${id}`.execute(db);
      throw bannedUser(rows[0].expiresAt);
    }
  };
  return {
    id: 'bans',
    init: () => ({ options: { databaseHooks: { session: { create: { after: rejectIfBanned } } } } }),
  };
}

/** The sign-in page shows the message, and recognizes it in the address after a redirect from a provider. */
function bannedUser(expiresAt: Date | null): APIError {
  const end = expiresAt ? ` until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC` : '';
  return new APIError('FORBIDDEN', { code: 'BANNED_USER', message: `This account is banned${end}.` });
}
