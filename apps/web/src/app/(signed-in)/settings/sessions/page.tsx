import type { Metadata } from 'next';
import { SessionSettings } from '@/features/account/components/session-settings';

export const metadata: Metadata = { title: 'Sessions' };

export default function SessionsPage() {
  return <SessionSettings />;
}
