import type { Metadata } from 'next';
import Link from 'next/link';
import { Message } from '@/components/layouts/message-page';
import { buttonVariants } from '@/components/ui/button-variants';

export const metadata: Metadata = { title: 'Page not found' };

/** Inside the layout of signed-in users, which has a logo and `<main>`. */
export default function NotFoundPage() {
  return (
    <Message title="Page not found" text="Check the address, or go to the start page.">
      <Link href="/" className={buttonVariants()}>
        Go to start page
      </Link>
    </Message>
  );
}
