import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/components/account-card';
import { EmailVerification } from '@/features/account/components/email-verification';
import { getCurrentUser } from '@/lib/auth/current-user';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Verify email' };

export default async function VerifyEmailPage({ searchParams }: { searchParams: SearchParams }) {
  const user = await getCurrentUser();
  return (
    <AccountCard title="Verify your email">
      <EmailVerification
        token={firstValue((await searchParams).token)}
        user={user === 'unknown' ? null : user}
      />
    </AccountCard>
  );
}
