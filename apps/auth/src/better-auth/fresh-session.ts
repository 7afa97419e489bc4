import { APIError, getSessionFromCtx } from 'better-auth/api';
import { BASE_ERROR_CODES } from 'better-auth';

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
