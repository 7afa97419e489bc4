import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AccountCard } from '@/features/account/account-card';
import { SignInForm } from '@/features/account/sign-in-form';
import { safeNextPath, signUpPath } from '@/lib/next-path';
import { type SearchParams, single } from '@/lib/search-params';
import { currentUser } from '@/lib/session';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const next = safeNextPath(single((await searchParams).next));
  const user = await currentUser();
  if (user !== null && user !== 'unknown') redirect(next);
  return (
    <AccountCard title="Welcome back">
      <SignInForm next={next} signUpAddress={signUpPath(next)} />
    </AccountCard>
  );
}
