import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { z } from 'zod';
import { environment } from '@/lib/environment';
import { signInPath } from '@/lib/navigation';
import type { User } from './session-provider';

const answerSchema = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), emailVerified: z.boolean() }),
});

/**
 * Who the request's session cookie says is here, asked of the auth server once per page: a user, `null` for nobody,
 * or `'unknown'` while the auth server can't say, which is no reason to sign anyone out.
 */
export const getCurrentUser = cache(async (): Promise<User | null | 'unknown'> => {
  const cookie = (await headers()).get('cookie');
  if (!cookie?.includes('session_token')) return null;
  try {
    // Without disableRefresh, an answer that prolongs the session would be used up here and never reach the browser.
    const answer = await fetch(`${environment().AUTH_URL}/api/auth/get-session?disableRefresh=true`, {
      headers: { cookie },
      cache: 'no-store',
      signal: AbortSignal.timeout(5_000),
    });
    if (answer.status === 401) return null;
    if (!answer.ok) return 'unknown';
    const body: unknown = await answer.json();
    return body === null ? null : answerSchema.parse(body).user;
  } catch {
    return 'unknown';
  }
});

/** Sends a visitor without a session to sign-in, and from there back to this page. */
export async function requireUser(): Promise<User | 'unknown'> {
  const user = await getCurrentUser();
  if (user === null) redirect(signInPath((await headers()).get('x-page') ?? '/tasks'));
  return user;
}
