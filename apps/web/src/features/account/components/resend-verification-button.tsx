'use client';

import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { authClient } from '@/lib/auth/auth-client';
import { type AccountError, unwrapAuth } from '../api/account-error';

export function sendVerificationEmail(email: string): Promise<unknown> {
  return unwrapAuth<unknown>(authClient.sendVerificationEmail({ email, callbackURL: '/verify-email' }));
}

export function VerificationEmailSent({ email }: { email: string }) {
  return (
    <Alert variant="success">
      If <strong className="wrap-anywhere">{email}</strong> isn’t verified yet, we’ve sent a new email. It may
      take a minute to arrive.
    </Alert>
  );
}

/** Sends the verification email again. The result is the same for every address, whether it has an account or not. */
export function ResendVerificationButton({ email }: { email: string }) {
  const [state, setState] = useState<'idle' | 'sending' | 'sent' | AccountError>('idle');

  async function send() {
    setState('sending');
    try {
      await sendVerificationEmail(email);
      setState('sent');
    } catch (error) {
      setState(error as AccountError);
    }
  }

  if (state === 'sent') {
    return <VerificationEmailSent email={email} />;
  }
  return (
    <div className="grid gap-3">
      {typeof state === 'object' && <Alert variant="destructive">{state.message}</Alert>}
      <Button variant="outline" loading={state === 'sending'} onClick={send}>
        Resend email
      </Button>
    </div>
  );
}
