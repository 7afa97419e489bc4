'use client';

import { MessagePage } from '@/components/layouts/message-page';
import { buttonVariants } from '@/components/ui/button-variants';
import './globals.css';

/** Replaces the whole document if the root layout fails. */
export default function GlobalErrorPage() {
  return (
    <html lang="en">
      <body>
        <title>We couldn’t show this page</title>
        <MessagePage
          title="We couldn’t show this page"
          text="The error is on our side. Reload the page in a moment."
        >
          <button type="button" className={buttonVariants()} onClick={() => location.reload()}>
            Reload page
          </button>
        </MessagePage>
      </body>
    </html>
  );
}
