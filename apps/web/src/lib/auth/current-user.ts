import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { z } from 'zod';
import { environment } from '@/lib/environment';
import { signInPath } from '@/lib/navigation';
import type { User } from './session-provider';

const sessionSchema = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), emailVerified: z.boolean() }),
});

/**
 * Returns the user of the request's session cookie. Asks the auth server once per request.
 *
 * @returns `null` if nobody is signed in, `'unknown'` if the auth server is unavailable
 */
export const getCurrentUser = cache(async (): Promise<User | null | 'unknown'> => {
  const { cookie, 'x-forwarded-for': clientAddress = '' } = Object.fromEntries(await headers());
  if (!cookie?.includes('session_token')) {
    return null;
  }
  try {
    // A response that extends the session sets a cookie, which would not reach the browser from here.
    const response = await fetch(`${environment().AUTH_URL}/api/auth/get-session?disableRefresh=true`, {
      // The auth server limits requests by the client's address. The server of this app has set the header.
      headers: { cookie, 'x-forwarded-for': clientAddress },
      cache: 'no-store',
      signal: AbortSignal.timeout(5_000),
    });
    if (response.status === 401) {
      return null;
    }
    if (!response.ok) {
      return 'unknown';
    }
    const body: unknown = await response.json();
    return body === null ? null : sessionSchema.parse(body).user;
  } catch {
    return 'unknown';
  }
});

/** Returns the user, or redirects to the sign-in page, which leads back to this page. */
export async function requireUser(): Promise<User | 'unknown'> {
  const user = await getCurrentUser();
  if (user === null) {
    redirect(signInPath((await headers()).get('x-page') ?? '/tasks'));
  }
  return user;
}
