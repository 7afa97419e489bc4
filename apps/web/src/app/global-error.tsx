'use client';

import { MessagePage } from '@/components/layouts/message-page';
import { Button } from '@/components/ui/button';
import './globals.css';

/** Stands in for the whole document where the root layout itself fails. */
export default function GlobalErrorPage() {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong</title>
        <MessagePage
          title="Something went wrong"
          text="That is our mistake, not yours. Loading the page again often helps."
        >
          <Button onClick={() => location.reload()}>Load again</Button>
        </MessagePage>
      </body>
    </html>
  );
}
