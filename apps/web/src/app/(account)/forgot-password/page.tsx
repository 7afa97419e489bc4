import type { Metadata } from 'next';
import { AccountCard } from '@/features/account/components/account-card';
import { ForgotPasswordForm } from '@/features/account/components/forgot-password-form';

export const metadata: Metadata = { title: 'Forgot password' };

export default function ForgotPasswordPage() {
  return (
    <AccountCard title="Forgot your password?" text="We send you a link with which you choose a new one.">
      <ForgotPasswordForm />
    </AccountCard>
  );
}
