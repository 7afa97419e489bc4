import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/components/account-card';
import { ConfirmEmailChange } from '@/features/account/components/email-link';
import { getCurrentUser } from '@/lib/auth/current-user';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Confirm new email' };

export default async function ConfirmEmailChangePage({ searchParams }: { searchParams: SearchParams }) {
  const user = await getCurrentUser();
  return (
    <AccountCard title="Confirm your new email address">
      <ConfirmEmailChange
        token={firstValue((await searchParams).token)}
        isSignedIn={user !== null && user !== 'unknown'}
      />
    </AccountCard>
  );
}
