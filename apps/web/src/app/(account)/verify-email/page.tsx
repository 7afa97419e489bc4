import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/account-card';
import { EmailVerification } from '@/features/account/email-verification';
import { type SearchParams, single } from '@/lib/search-params';
import { currentUser } from '@/lib/session';

export const metadata: Metadata = { title: 'Verify e-mail' };

export default async function VerifyEmailPage({ searchParams }: { searchParams: SearchParams }) {
  const user = await currentUser();
  return (
    <AccountCard title="Verify your e-mail">
      <EmailVerification token={single((await searchParams).token)} user={user === 'unknown' ? null : user} />
    </AccountCard>
  );
}
