import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/account-card';
import { ResetPasswordForm } from '@/features/account/reset-password-form';
import { type SearchParams, single } from '@/lib/search-params';

export const metadata: Metadata = { title: 'Reset password' };

export default async function ResetPasswordPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <AccountCard title="Choose a new password">
      <ResetPasswordForm token={single((await searchParams).token)} />
    </AccountCard>
  );
}
