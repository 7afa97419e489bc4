import { APIError, getSessionFromCtx } from 'better-auth/api';
import { BASE_ERROR_CODES } from 'better-auth';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';
import { lockUser } from '../email-change/email-changes.js';

/** How long after a sign-in the user can change how they sign in. */
const MAX_AGE_MS = 10 * 60 * 1000;

/**
 * Requires a session that began in the last ten minutes, so that a stolen session is not enough. Better Auth's own
 * setting also applies to requests that need no such protection, such as the list of sessions.
 *
 * @throws APIError 401 without a session, 403 `SESSION_NOT_FRESH` with an older one
 */
export async function requireFreshSession(context: Parameters<typeof getSessionFromCtx>[0]) {
  const session = await getSessionFromCtx(context);
  if (!session) {
    throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Unauthorized' });
  }
  if (Date.now() - new Date(session.session.createdAt).getTime() >= MAX_AGE_MS) {
    throw APIError.from('FORBIDDEN', BASE_ERROR_CODES.SESSION_NOT_FRESH);
  }
  return session;
}

/**
 * Locks the user and the session, so that neither a reset nor a sign-out can end the session until the transaction ends.
 *
 * @throws APIError 401 if the session has ended since the request began
 */
export async function lockSession(
  transaction: Database,
  { id, userId }: { id: string; userId: string },
): Promise<void> {
  await lockUser(transaction, userId);
  const { rows } = await sql`SELECT FROM auth.session WHERE id = ${id} FOR SHARE`.execute(transaction);
  if (rows.length === 0) {
    throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Unauthorized' });
  }
}
