import type { Metadata } from 'next';
import Link from 'next/link';
import { MessagePage } from '@/components/layouts/message-page';
import { Button } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFoundPage() {
  return (
    <MessagePage title="Page not found" text="Check the address, or go to the start page.">
      <Button asChild>
        <Link href="/">Go to start page</Link>
      </Button>
    </MessagePage>
  );
}
