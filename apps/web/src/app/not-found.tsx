import type { Metadata } from 'next';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { MessagePage } from '@/components/ui/message-page';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFoundPage() {
  return (
    <MessagePage title="This page isn’t here" text="The address may be mistyped, or the page has moved.">
      <Link href="/" className={buttonStyle()}>
        Go to the start page
      </Link>
    </MessagePage>
  );
}
