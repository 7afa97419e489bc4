'use client';

import { MessagePage } from '@/components/layouts/message-page';
import { Button } from '@/components/ui/button';

export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <MessagePage title="We couldn’t show this page" text="The error is on our side. Try again in a moment.">
      <Button onClick={retry}>Try again</Button>
    </MessagePage>
  );
}
