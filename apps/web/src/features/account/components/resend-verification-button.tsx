'use client';

import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { authClient } from '@/lib/auth/auth-client';
import { type AccountError, unwrapAuth } from '../api/account-error';

/** Sends the verification message again, and says how that went. */
export function ResendVerificationButton({ email }: { email: string }) {
  const [state, setState] = useState<'idle' | 'sending' | 'sent' | AccountError>('idle');

  async function send() {
    setState('sending');
    try {
      await unwrapAuth(authClient.sendVerificationEmail({ email, callbackURL: '/verify-email' }));
      setState('sent');
    } catch (error) {
      setState(error as AccountError);
    }
  }

  if (state === 'sent')
    return <Alert variant="success">A new message is on its way. It may take a minute.</Alert>;
  return (
    <div className="grid gap-3">
      {typeof state === 'object' && <Alert variant="destructive">{state.message}</Alert>}
      <Button variant="outline" loading={state === 'sending'} onClick={send}>
        Send the message again
      </Button>
    </div>
  );
}
