'use client';

import { Button } from '@/components/ui/button';
import { MessagePage } from './message-page';

/** Shown while the auth server is unavailable. Nobody is signed out. */
export function UnavailablePage() {
  return (
    <MessagePage
      title="Temporarily unavailable"
      text="We can’t load your account right now. You’re still signed in. Try again in a moment."
    >
      <Button onClick={() => location.reload()}>Try again</Button>
    </MessagePage>
  );
}
