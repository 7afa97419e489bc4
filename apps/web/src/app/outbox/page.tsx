import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Outbox } from '@/features/account/outbox';
import { readOutbox } from '@/features/account/read-outbox';

export const metadata: Metadata = { title: 'Outbox' };

/** What a mail server would have sent: in development alone. */
export default async function OutboxPage() {
  if (process.env.NODE_ENV !== 'development') notFound();
  return <Outbox messages={await readOutbox()} />;
}
