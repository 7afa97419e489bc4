'use client';

import { MessagePage } from '@/components/layouts/message-page';
import { Button } from '@/components/ui/button';

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
