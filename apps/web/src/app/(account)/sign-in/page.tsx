import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AccountCard } from '@/features/account/components/account-card';
import { ProviderSignIn } from '@/features/account/components/provider-sign-in';
import { SignInError } from '@/features/account/components/sign-in-error';
import { SignInForm } from '@/features/account/components/sign-in-form';
import { getCurrentUser } from '@/lib/auth/current-user';
import { safeNextPath, signUpPath } from '@/lib/navigation';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await searchParams;
  const next = safeNextPath(firstValue(query.next));
  const user = await getCurrentUser();
  if (user !== null && user !== 'unknown') {
    redirect(next);
  }
  return (
    <AccountCard title="Welcome back">
      <SignInError
        code={firstValue(query.error)}
        description={firstValue(query.error_description)}
        signUpHref={signUpPath(next)}
      />
      <ProviderSignIn next={next} />
      <SignInForm next={next} signUpHref={signUpPath(next)} />
    </AccountCard>
  );
}
