'use client';

import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { authClient } from '@/lib/auth/auth-client';
import type { User } from '@/lib/auth/session-provider';
import { type AccountError, unwrapAuth } from '../api/account-error';
import { ResendVerificationButton } from './resend-verification-button';

interface EmailVerificationProps {
  /** From the link in the email; missing if the user opened the page directly. */
  token: string | undefined;
  user: User | null;
}

/** Verifies the token of the link, or offers to send a new link. */
export function EmailVerification({ token, user }: EmailVerificationProps) {
  if (token) {
    return <VerifyToken token={token} user={user} />;
  }
  if (user?.emailVerified) {
    return <Verified user={user} />;
  }
  if (!user) {
    return <SignInLink />;
  }
  return (
    <div className="grid gap-5">
      <p className="text-muted-foreground">
        We’ve emailed a link to <strong className="wrap-anywhere text-foreground">{user.email}</strong>. Open
        it to confirm that the address is yours.
      </p>
      <ResendVerificationButton email={user.email} />
    </div>
  );
}

function VerifyToken({ token, user }: { token: string; user: User | null }) {
  const [state, setState] = useState<'verifying' | 'verified' | AccountError>('verifying');

  const verify = useCallback(() => {
    unwrapAuth(authClient.verifyEmail({ query: { token } })).then(
      () => setState('verified'),
      (error: AccountError) => setState(error),
    );
  }, [token]);

  useEffect(verify, [verify]);

  function retry() {
    setState('verifying');
    verify();
  }

  if (state === 'verifying') {
    return (
      <div aria-busy>
        <p className="sr-only">Checking your link</p>
        <Skeleton className="h-12" />
      </div>
    );
  }
  if (state === 'verified') {
    return <Verified user={user} />;
  }
  return (
    <div className="grid gap-5">
      <Alert variant="destructive">{state.message}</Alert>
      {state.isTransient && <Button onClick={retry}>Try again</Button>}
      {!state.isTransient && (user ? <ResendVerificationButton email={user.email} /> : <SignInLink />)}
    </div>
  );
}

function Verified({ user }: { user: User | null }) {
  return (
    <div className="grid gap-5">
      <Alert variant="success">Thanks! Your email is verified.</Alert>
      {user ? (
        <Button asChild size="lg">
          <Link href="/tasks">Go to your tasks</Link>
        </Button>
      ) : (
        <SignInLink />
      )}
    </div>
  );
}

function SignInLink() {
  return (
    <Button asChild size="lg">
      <Link href="/sign-in">Sign in</Link>
    </Button>
  );
}
