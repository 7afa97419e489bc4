import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { z } from 'zod';
import { signInPath } from '@/lib/navigation';
import { fetchAuthServer } from './fetch-auth-server';
import type { User } from './session-provider';

const sessionSchema = z
  .object({
    session: z.object({ createdAt: z.string() }),
    user: z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      emailVerified: z.boolean(),
      roles: z.array(z.string()).nullish(),
    }),
  })
  .transform(({ session, user: { roles, ...user } }) => ({
    ...user,
    isAdmin: roles?.includes('admin') ?? false,
    signedInAt: session.createdAt,
  }));

/**
 * Returns the user of the request's session cookie. Asks the auth server once per request.
 *
 * @returns `null` if nobody is signed in, `'unknown'` if the auth server is unavailable
 */
export const getCurrentUser = cache(async (): Promise<User | null | 'unknown'> => {
  if (!(await headers()).get('cookie')?.includes('session_token')) {
    return null;
  }
  try {
    // A response that extends the session sets a cookie, which would not reach the browser from here.
    const response = await fetchAuthServer('/get-session?disableRefresh=true');
    if (response.status === 401) {
      return null;
    }
    if (!response.ok) {
      return 'unknown';
    }
    const body: unknown = await response.json();
    return body === null ? null : sessionSchema.parse(body);
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
