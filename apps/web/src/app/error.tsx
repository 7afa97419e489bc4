'use client';

import { MessagePage } from '@/components/layouts/message-page';
import { buttonVariants } from '@/components/ui/button-variants';

export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <MessagePage title="We couldn’t show this page" text="The error is on our side. Try again in a moment.">
      <button type="button" className={buttonVariants()} onClick={retry}>
        Try again
      </button>
    </MessagePage>
  );
}
