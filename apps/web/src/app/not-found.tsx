import type { Metadata } from 'next';
import Link from 'next/link';
import { MessagePage } from '@/components/layouts/message-page';
import { buttonVariants } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFoundPage() {
  return (
    <MessagePage title="This page isn’t here" text="The address may be mistyped, or the page has moved.">
      <Link href="/" className={buttonVariants()}>
        Go to the start page
      </Link>
    </MessagePage>
  );
}
