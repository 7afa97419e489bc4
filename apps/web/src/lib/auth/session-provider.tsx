'use client';

import { type ApiClient, createApiClient } from '@app/api-client';
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { ApiError } from '@/lib/api/api-error';
import { createAuthorizedFetch } from '@/lib/api/authorized-fetch';
import { createQueryClient } from '@/lib/api/query-client';
import { deleteAllDrafts } from '@/lib/forms/drafts';
import { navigateTo, redirectToSignIn } from '@/lib/navigation';
import { AccessTokens, decodeClaims } from './access-tokens';
import { authClient } from './auth-client';
import { broadcastSessionEvent, onSessionEvent } from './session-channel';

export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
}

interface SessionContextValue {
  user: User;
  api: ApiClient;
  tokens: AccessTokens;
  /** Ends the session here and in every other tab. Rejects, and changes nothing, where the auth server can't be had. */
  signOut: () => Promise<void>;
  /** Leaves for `address` with nothing of the user kept, in this tab and every other one: the session is over. */
  finishSignOut: (address: string) => Promise<never>;
}

const SessionContext = createContext<SessionContextValue | null>(null);

/** The user, and what speaks to the api in their name. */
export function useSession(): SessionContextValue {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession() must be called inside <SessionProvider>.');
  return session;
}

interface SessionProviderProps {
  user: User;
  apiUrl: string;
  children: ReactNode;
}

export function SessionProvider({ user, apiUrl, children }: SessionProviderProps) {
  const [queryClient] = useState(createQueryClient);
  const [{ api, tokens }] = useState(() => {
    const accessTokens = new AccessTokens(() => fetchToken(user.id));
    const client = createApiClient({ baseUrl: apiUrl, fetch: createAuthorizedFetch(accessTokens) });
    return { tokens: accessTokens, api: client };
  });

  useEffect(
    () =>
      onSessionEvent((news) => {
        if (news.event === 'signed-in' && news.userId === user.id) return;
        if (news.event === 'signed-out') {
          deleteAllDrafts();
          navigateTo('/sign-in');
        } else {
          navigateTo(location.href);
        }
      }),
    [user.id],
  );

  useEffect(() => {
    // A page that the browser kept whole, and shows again at "back", may be of a session that is over.
    const askAgain = (event: PageTransitionEvent) => event.persisted && location.reload();
    addEventListener('pageshow', askAgain);
    return () => removeEventListener('pageshow', askAgain);
  }, []);

  async function signOut() {
    const { error } = await authClient.signOut().catch(() => ({ error: { status: 0 } }));
    if (error && error.status !== 401) throw new ApiError(error.status);
    await finishSignOut('/sign-in');
  }

  function finishSignOut(address: string) {
    deleteAllDrafts();
    broadcastSessionEvent({ event: 'signed-out' });
    return navigateTo(address);
  }

  return (
    <SessionContext value={{ user, api, tokens, signOut, finishSignOut }}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </SessionContext>
  );
}

async function fetchToken(userId: string): Promise<string> {
  const { data, error } = await authClient.token().catch(() => ({ data: null, error: { status: 0 } }));
  if (data) {
    // Someone else has signed in with this browser: this page is not theirs.
    if (decodeClaims(data.token).sub !== userId) await navigateTo(location.href);
    return data.token;
  }
  // Only the auth server's own word ends the session; when it is busy or away, the person stays.
  if (error.status === 401) await redirectToSignIn();
  throw new ApiError(error.status);
}
