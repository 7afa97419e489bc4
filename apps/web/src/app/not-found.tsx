import type { Metadata } from 'next';
import Link from 'next/link';
import { MessagePage } from '@/components/layouts/message-page';
import { buttonVariants } from '@/components/ui/button-variants';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFoundPage() {
  return (
    <MessagePage title="Page not found" text="Check the address, or go to the start page.">
      <Link href="/" className={buttonVariants()}>
        Go to start page
      </Link>
    </MessagePage>
  );
}
