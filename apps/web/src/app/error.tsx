'use client';

import { Button } from '@/components/ui/button';
import { MessagePage } from '@/components/ui/message-page';

export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <MessagePage
      title="Something went wrong"
      text="That is our mistake, not yours. Trying again often helps."
    >
      <Button onClick={retry}>Try again</Button>
    </MessagePage>
  );
}
