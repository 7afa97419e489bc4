'use client';

import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import { authClient } from '@/lib/auth/auth-client';
import type { User } from '@/lib/auth/session-provider';
import { type AccountError, unwrapAuth } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { email } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import {
  ResendVerificationButton,
  sendVerificationEmail,
  VerificationEmailSent,
} from './resend-verification-button';

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
    return (
      <div className="grid gap-5">
        <p className="text-muted-foreground">
          Open the link in the email that we sent you. If it hasn’t arrived, we can send a new one.
        </p>
        <RequestEmail />
      </div>
    );
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
      {!state.isTransient && (user ? <ResendVerificationButton email={user.email} /> : <RequestEmail />)}
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

/** Asks for the address to which to send the email. */
function RequestEmail() {
  const [sentTo, setSentTo] = useState<string>();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { email: '' },
    rules: { email },
    submit: async (values) => {
      await sendVerificationEmail(values.email);
      setSentTo(values.email);
    },
  });

  if (sentTo) {
    return <VerificationEmailSent email={sentTo} />;
  }
  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      <TextField label="Email" type="email" autoComplete="username" inputMode="email" {...field('email')} />
      <SubmitButton size="lg" loading={isSubmitting}>
        Resend email
      </SubmitButton>
      <p className="text-center text-sm text-muted-foreground">
        Already verified?{' '}
        <Link href="/sign-in" className="font-medium text-primary underline-offset-4 hover:underline">
          Sign in
        </Link>
      </p>
    </AccountForm>
  );
}

function SignInLink() {
  return (
    <Button asChild size="lg">
      <Link href="/sign-in">Sign in</Link>
    </Button>
  );
}
