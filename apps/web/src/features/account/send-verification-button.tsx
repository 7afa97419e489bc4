'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { authClient } from '@/lib/auth-client';
import { accountAnswer, type AccountError } from './account-error';

/** Sends the verification message again, and says how that went. */
export function SendVerificationButton({ email }: { email: string }) {
  const [state, setState] = useState<'idle' | 'sending' | 'sent' | AccountError>('idle');

  async function send() {
    setState('sending');
    try {
      await accountAnswer(authClient.sendVerificationEmail({ email, callbackURL: '/verify-email' }));
      setState('sent');
    } catch (error) {
      setState(error as AccountError);
    }
  }

  if (state === 'sent')
    return <Notice tone="done">A new message is on its way. It may take a minute.</Notice>;
  return (
    <div className="grid gap-3">
      {typeof state === 'object' && <Notice tone="error">{state.message}</Notice>}
      <Button tone="plain" busy={state === 'sending'} onClick={send}>
        Send the message again
      </Button>
    </div>
  );
}
