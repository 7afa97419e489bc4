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
  /** Shows what only administrators use. The auth server checks the role itself. */
  isAdmin: boolean;
  signedInAt: string;
}

interface SessionContextValue {
  user: User;
  api: ApiClient;
  tokens: AccessTokens;
  /** Signs out in every tab. Rejects and changes nothing if the auth server is unavailable. */
  signOut: () => Promise<void>;
  /** Deletes the drafts, tells the other tabs and loads `url`, after the session has ended on the server. */
  finishSignOut: (url: string) => Promise<never>;
}

const SessionContext = createContext<SessionContextValue | null>(null);

/** Returns the user who is signed in, and the API client with their access token. */
export function useSession(): SessionContextValue {
  const session = use(SessionContext);
  if (!session) {
    throw new Error('useSession() must be called inside <SessionProvider>.');
  }
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

  useEffect(() => broadcastSessionEvent({ type: 'signed-in', userId: user.id }), [user.id]);

  useEffect(
    () =>
      onSessionEvent((event) => {
        if (event.type === 'signed-in' && event.userId === user.id) {
          return;
        }
        if (event.type === 'signed-out') {
          deleteAllDrafts();
          navigateTo('/sign-in');
        } else {
          navigateTo(location.href);
        }
      }),
    [user.id],
  );

  useEffect(() => {
    // The back button may restore a page from the back/forward cache after the session has ended.
    const reloadIfRestored = (event: PageTransitionEvent) => event.persisted && location.reload();
    addEventListener('pageshow', reloadIfRestored);
    return () => removeEventListener('pageshow', reloadIfRestored);
  }, []);

  async function signOut() {
    const { error } = await authClient.signOut().catch(() => ({ error: { status: 0 } }));
    if (error && error.status !== 401) {
      throw new ApiError(error.status);
    }
    await finishSignOut('/sign-in');
  }

  function finishSignOut(url: string) {
    deleteAllDrafts();
    broadcastSessionEvent({ type: 'signed-out' });
    return navigateTo(url);
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
    // Another user has signed in with this browser, and this page shows the data of the first.
    if (decodeClaims(data.token).sub !== userId) {
      await navigateTo(location.href);
    }
    return data.token;
  }
  // Any other status means that the auth server is unavailable, not that the session has ended.
  if (error.status === 401) {
    await redirectToSignIn();
  }
  throw new ApiError(error.status);
}
