'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { navigateTo } from '@/lib/navigation';
import type { AccountError } from '../api/account-error';
import { confirmEmailChange, restoreEmail } from '../api/email-change';

interface EmailLinkProps {
  /** From the link in the email; missing if the user opened the page directly. */
  token: string | undefined;
}

export function ConfirmEmailChange({ token, isSignedIn }: EmailLinkProps & { isSignedIn: boolean }) {
  const [done, setDone] = useState(false);

  if (done) {
    return (
      <div className="grid gap-5">
        <Alert variant="success">Your new email address is confirmed. Use it when you sign in.</Alert>
        <Button asChild size="lg">
          {isSignedIn ? <Link href="/tasks">Go to your tasks</Link> : <Link href="/sign-in">Sign in</Link>}
        </Button>
      </div>
    );
  }
  return (
    <EmailLink
      token={token}
      text="Confirm only if you asked to use this email address for your account. You’ll sign in with it from now on."
      label="Confirm new address"
      act={async (given) => {
        await confirmEmailChange(given);
        setDone(true);
      }}
    />
  );
}

export function RestoreEmail({ token }: EmailLinkProps) {
  return (
    <EmailLink
      token={token}
      text="Your account keeps the address that our email was sent to. You’ll be signed out everywhere, and choose a new password."
      label="Keep this address"
      act={async (given) => {
        const resetToken = await restoreEmail(given);
        await navigateTo(`/reset-password?${new URLSearchParams({ token: resetToken })}`);
      }}
    />
  );
}

interface ActionProps extends EmailLinkProps {
  text: string;
  label: string;
  act: (token: string) => Promise<void>;
}

/** Acts when the user presses the button, not when the page opens: programs that check emails open links, too. */
function EmailLink({ token, text, label, act }: ActionProps) {
  const [state, setState] = useState<'idle' | 'sending' | AccountError>('idle');

  async function handleClick(given: string) {
    setState('sending');
    try {
      await act(given);
    } catch (error) {
      setState(error as AccountError);
    }
  }

  const failure = typeof state === 'object' ? state : undefined;
  if (!token || (failure && !failure.isTransient)) {
    return (
      <Alert variant="destructive">
        {failure?.message ?? 'This link has expired or has already been used.'}
      </Alert>
    );
  }
  return (
    <div className="grid gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      <p className="text-muted-foreground text-pretty">{text}</p>
      <Button size="lg" loading={state === 'sending'} onClick={() => handleClick(token)}>
        {label}
      </Button>
    </div>
  );
}
