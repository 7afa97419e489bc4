import { jwtClient } from 'better-auth/client/plugins';
import { createAuthClient } from 'better-auth/react';

/** Speaks to the auth server through this app's own origin, where its cookie is first-party. */
export const authClient = createAuthClient({ plugins: [jwtClient()] });
