'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { authClient } from '@/lib/auth/auth-client';
import { signInPath } from '@/lib/navigation';
import { type AccountError, unwrapAuth } from '../api/account-error';

interface ProviderButtonsProps {
  providers: { id: string; name: string; icon: ReactNode }[];
  next: string;
}

export function ProviderButtons({ providers, next }: ProviderButtonsProps) {
  const [pendingId, setPendingId] = useState<string>();
  const [failure, setFailure] = useState<AccountError>();

  useEffect(() => {
    // The back button may restore this page as it was left.
    const reset = ({ persisted }: PageTransitionEvent) => persisted && setPendingId(undefined);
    addEventListener('pageshow', reset);
    return () => removeEventListener('pageshow', reset);
  }, []);

  /** Leaves the page: the client loads the provider's page. */
  async function signIn(id: string) {
    setPendingId(id);
    setFailure(undefined);
    try {
      await unwrapAuth(
        authClient.signIn.social({
          provider: id,
          // As a URL, because the auth server allows fewer characters in a path.
          callbackURL: location.origin + next,
          errorCallbackURL: location.origin + signInPath(next),
        }),
      );
    } catch (error) {
      setFailure(error as AccountError);
      setPendingId(undefined);
    }
  }

  return (
    <div className="grid gap-3">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      {providers.map(({ id, name, icon }) => (
        <Button
          key={id}
          variant="outline"
          size="lg"
          className="h-auto min-h-12 px-3 py-2 whitespace-normal"
          loading={pendingId === id}
          onClick={() => signIn(id)}
        >
          {pendingId !== id && icon}
          <span className="wrap-anywhere">Continue with {name}</span>
        </Button>
      ))}
    </div>
  );
}
