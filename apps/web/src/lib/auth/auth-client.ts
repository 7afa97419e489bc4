import { jwtClient } from 'better-auth/client/plugins';
import { createAuthClient } from 'better-auth/client';

/** The client of the auth server. It uses this app's origin, so that the session cookie is first-party. */
export const authClient = createAuthClient({ plugins: [jwtClient()] });
