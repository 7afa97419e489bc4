import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/components/account-card';
import { ResetPasswordForm } from '@/features/account/components/reset-password-form';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Reset password' };

export default async function ResetPasswordPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <AccountCard title="Choose a new password">
      <ResetPasswordForm token={firstValue((await searchParams).token)} />
    </AccountCard>
  );
}
