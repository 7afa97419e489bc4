'use client';

import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button, buttonVariants } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { authClient } from '@/lib/auth/auth-client';
import type { User } from '@/lib/auth/session-provider';
import { type AccountError, unwrapAuth } from '../api/account-error';
import { ResendVerificationButton } from './resend-verification-button';

interface EmailVerificationProps {
  /** From the link in the message; missing where a person came by themselves. */
  token: string | undefined;
  user: User | null;
}

/** Where the link in the verification message leads, and where a new message can be asked for. */
export function EmailVerification({ token, user }: EmailVerificationProps) {
  if (token) return <TokenCheck token={token} user={user} />;
  if (user?.emailVerified) return <Verified user={user} />;
  if (!user) return <SignInLink />;
  return (
    <div className="grid gap-5">
      <p className="text-muted-foreground">
        We have sent a message to <strong className="wrap-anywhere text-foreground">{user.email}</strong>.
        Open its link to show that the address is yours.
      </p>
      <ResendVerificationButton email={user.email} />
    </div>
  );
}

function TokenCheck({ token, user }: { token: string; user: User | null }) {
  const [state, setState] = useState<'checking' | 'verified' | AccountError>('checking');

  const check = useCallback(() => {
    unwrapAuth(authClient.verifyEmail({ query: { token } })).then(
      () => setState('verified'),
      (error: AccountError) => setState(error),
    );
  }, [token]);

  useEffect(check, [check]);

  function tryAgain() {
    setState('checking');
    check();
  }

  if (state === 'checking') {
    return (
      <div aria-busy>
        <p className="sr-only">Checking the link</p>
        <Skeleton className="h-12" />
      </div>
    );
  }
  if (state === 'verified') return <Verified user={user} />;
  return (
    <div className="grid gap-5">
      <Alert variant="destructive">{state.message}</Alert>
      {state.isTransient && <Button onClick={tryAgain}>Try again</Button>}
      {!state.isTransient && (user ? <ResendVerificationButton email={user.email} /> : <SignInLink />)}
    </div>
  );
}

function Verified({ user }: { user: User | null }) {
  return (
    <div className="grid gap-5">
      <Alert variant="success">Thank you. Your e-mail is verified.</Alert>
      {user ? (
        <Link href="/tasks" className={buttonVariants({ size: 'lg' })}>
          Go to your tasks
        </Link>
      ) : (
        <SignInLink />
      )}
    </div>
  );
}

function SignInLink() {
  return (
    <Link href="/sign-in" className={buttonVariants({ size: 'lg' })}>
      Go to sign-in
    </Link>
  );
}
