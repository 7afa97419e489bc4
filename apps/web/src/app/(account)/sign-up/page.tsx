import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AccountCard } from '@/features/account/components/account-card';
import { ProviderSignIn } from '@/features/account/components/provider-sign-in';
import { SignUpForm } from '@/features/account/components/sign-up-form';
import { getCurrentUser } from '@/lib/auth/current-user';
import { safeNextPath, signInPath } from '@/lib/navigation';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Sign up' };

export default async function SignUpPage({ searchParams }: { searchParams: SearchParams }) {
  const next = safeNextPath(firstValue((await searchParams).next));
  const user = await getCurrentUser();
  if (user !== null && user !== 'unknown') {
    redirect(next);
  }
  return (
    <AccountCard title="Create your account" text="It takes less than a minute.">
      <ProviderSignIn next={next} />
      <SignUpForm next={next} signInHref={signInPath(next)} />
    </AccountCard>
  );
}
