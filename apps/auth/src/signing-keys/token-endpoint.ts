import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { getJwtToken } from 'better-auth/plugins/jwt';
import type { CurrentSessionReader } from '../better-auth/current-session.js';
import type { SigningOptions } from './signing-options.js';

/**
 * Creates the endpoint `/token`. Unlike the one of Better Auth's jwt plugin, it reads the session and the id of the active
 * signing key in one statement.
 */
export function tokenEndpoint(signingOptions: SigningOptions, readCurrentSession: CurrentSessionReader) {
  return createAuthEndpoint('/token', { method: 'GET', requireHeaders: true }, async (context) => {
    const found = await readCurrentSession(context);
    const session = found?.current ?? (await getSessionFromCtx(context));
    if (!session) {
      // The headers delete the cookie.
      throw new APIError(
        'UNAUTHORIZED',
        { message: 'Unauthorized', code: 'UNAUTHORIZED' },
        context.responseHeaders,
      );
    }
    context.context.session = session;
    const token = await getJwtToken(context, await signingOptions(context, found?.activeKeyId));
    return context.json({ token });
  });
}
