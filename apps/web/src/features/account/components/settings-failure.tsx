'use client';

import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { authClient } from '@/lib/auth/auth-client';
import { redirectToSignIn } from '@/lib/navigation';
import { AccountError } from '../api/account-error';

/** Shows why a change failed. If the user must sign in again first, offers that. */
export function SettingsFailure({ failure }: { failure: Error | null | undefined }) {
  if (!failure) {
    return null;
  }
  return (
    <Alert variant="destructive">
      <div className="flex flex-wrap items-center justify-between gap-3">
        {failure.message}
        {isSessionTooOld(failure) && <SignInAgain />}
      </div>
    </Alert>
  );
}

/** Ends the session of this browser and leads back to this page. Other tabs keep what the user has typed there. */
export function SignInAgain() {
  const [isPending, setIsPending] = useState(false);

  async function signInAgain() {
    setIsPending(true);
    await authClient.signOut().catch(() => undefined);
    await redirectToSignIn();
  }

  return (
    <Button variant="outline" size="sm" loading={isPending} onClick={signInAgain}>
      Sign in again
    </Button>
  );
}

/** Returns whether a request failed because it needs a more recent sign-in. */
export function isSessionTooOld(failure: Error): boolean {
  return failure instanceof AccountError && failure.code === 'SESSION_NOT_FRESH';
}
