import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { readOutbox } from '@/features/outbox/api/read-outbox';
import { Outbox } from '@/features/outbox/components/outbox';

export const metadata: Metadata = { title: 'Outbox' };

export default async function OutboxPage() {
  if (process.env.NODE_ENV !== 'development') {
    notFound();
  }
  return <Outbox messages={await readOutbox()} />;
}
