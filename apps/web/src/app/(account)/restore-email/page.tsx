import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/components/account-card';
import { RestoreEmail } from '@/features/account/components/email-link';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Keep your email' };

export default async function RestoreEmailPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <AccountCard title="Keep your email address">
      <RestoreEmail token={firstValue((await searchParams).token)} />
    </AccountCard>
  );
}
