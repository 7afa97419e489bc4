'use client';

import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { Button, buttonStyle } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { authClient } from '@/lib/auth-client';
import type { User } from '@/lib/user';
import { accountAnswer, type AccountError } from './account-error';
import { SendVerificationButton } from './send-verification-button';

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
      <p className="text-muted">
        We have sent a message to <strong className="wrap-anywhere text-text">{user.email}</strong>. Open its
        link to show that the address is yours.
      </p>
      <SendVerificationButton email={user.email} />
    </div>
  );
}

function TokenCheck({ token, user }: { token: string; user: User | null }) {
  const [state, setState] = useState<'checking' | 'verified' | AccountError>('checking');

  const check = useCallback(() => {
    accountAnswer(authClient.verifyEmail({ query: { token } })).then(
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
      <Notice tone="error">{state.message}</Notice>
      {state.isTransient && <Button onClick={tryAgain}>Try again</Button>}
      {!state.isTransient && (user ? <SendVerificationButton email={user.email} /> : <SignInLink />)}
    </div>
  );
}

function Verified({ user }: { user: User | null }) {
  return (
    <div className="grid gap-5">
      <Notice tone="done">Thank you. Your e-mail is verified.</Notice>
      {user ? (
        <Link href="/tasks" className={buttonStyle({ size: 'large' })}>
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
    <Link href="/sign-in" className={buttonStyle({ size: 'large' })}>
      Go to sign-in
    </Link>
  );
}
