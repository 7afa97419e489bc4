'use client';

import { type ApiClient, createApiClient } from '@app/api-client';
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { AccessTokens, claimsOf } from './access-tokens';
import { ApiError } from './api-error';
import { authClient } from './auth-client';
import { authorizedFetch } from './authorized-fetch';
import { dropAllDrafts } from './drafts';
import { askToSignIn, leaveFor } from './leave';
import { createQueryClient } from './query-client';
import { announce, listenToOtherTabs } from './session-channel';
import type { User } from './user';

interface SignedInTools {
  user: User;
  api: ApiClient;
  tokens: AccessTokens;
  /** Ends the session here and in every other tab. Rejects, and changes nothing, where the auth server can't be had. */
  signOut: () => Promise<void>;
  /** Leaves for `address` with nothing of the user kept, in this tab and every other one: the session is over. */
  leaveSignedOut: (address: string) => Promise<never>;
}

const SignedInContext = createContext<SignedInTools | null>(null);

/** The user, and what speaks to the api in their name. */
export function useSignedIn(): SignedInTools {
  const tools = use(SignedInContext);
  if (!tools) throw new Error('useSignedIn() works below <SignedIn> alone.');
  return tools;
}

interface SignedInProps {
  user: User;
  apiUrl: string;
  children: ReactNode;
}

export function SignedIn({ user, apiUrl, children }: SignedInProps) {
  const [queryClient] = useState(createQueryClient);
  const [{ api, tokens }] = useState(() => {
    const accessTokens = new AccessTokens(() => fetchToken(user.id));
    const client = createApiClient({ baseUrl: apiUrl, fetch: authorizedFetch(accessTokens) });
    return { tokens: accessTokens, api: client };
  });

  useEffect(
    () =>
      listenToOtherTabs((news) => {
        if (news.event === 'signed-in' && news.userId === user.id) return;
        if (news.event === 'signed-out') {
          dropAllDrafts();
          leaveFor('/sign-in');
        } else {
          leaveFor(location.href);
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
    await leaveSignedOut('/sign-in');
  }

  function leaveSignedOut(address: string) {
    dropAllDrafts();
    announce({ event: 'signed-out' });
    return leaveFor(address);
  }

  return (
    <SignedInContext value={{ user, api, tokens, signOut, leaveSignedOut }}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </SignedInContext>
  );
}

async function fetchToken(userId: string): Promise<string> {
  const { data, error } = await authClient.token().catch(() => ({ data: null, error: { status: 0 } }));
  if (data) {
    // Someone else has signed in with this browser: this page is not theirs.
    if (claimsOf(data.token).sub !== userId) await leaveFor(location.href);
    return data.token;
  }
  // Only the auth server's own word ends the session; when it is busy or away, the person stays.
  if (error.status === 401) await askToSignIn();
  throw new ApiError(error.status);
}
