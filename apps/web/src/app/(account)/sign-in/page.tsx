import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AccountCard } from '@/features/account/components/account-card';
import { SignInForm } from '@/features/account/components/sign-in-form';
import { getCurrentUser } from '@/lib/auth/current-user';
import { safeNextPath, signUpPath } from '@/lib/navigation';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const next = safeNextPath(firstValue((await searchParams).next));
  const user = await getCurrentUser();
  if (user !== null && user !== 'unknown') {
    redirect(next);
  }
  return (
    <AccountCard title="Welcome back">
      <SignInForm next={next} signUpHref={signUpPath(next)} />
    </AccountCard>
  );
}
