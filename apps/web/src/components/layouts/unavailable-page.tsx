'use client';

import { Button } from '@/components/ui/button';
import { MessagePage } from './message-page';

/** Shown while the auth server can't say who is here: nobody is signed out for that. */
export function UnavailablePage() {
  return (
    <MessagePage
      title="We’ll be right back"
      text="Your account can’t be reached right now. You are still signed in; try again in a moment."
    >
      <Button onClick={() => location.reload()}>Try again</Button>
    </MessagePage>
  );
}
