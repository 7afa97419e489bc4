import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AccountCard } from '@/features/account/account-card';
import { SignUpForm } from '@/features/account/sign-up-form';
import { safeNextPath, signInPath } from '@/lib/next-path';
import { type SearchParams, single } from '@/lib/search-params';
import { currentUser } from '@/lib/session';

export const metadata: Metadata = { title: 'Sign up' };

export default async function SignUpPage({ searchParams }: { searchParams: SearchParams }) {
  const next = safeNextPath(single((await searchParams).next));
  const user = await currentUser();
  if (user !== null && user !== 'unknown') redirect(next);
  return (
    <AccountCard title="Create your account" text="It takes half a minute.">
      <SignUpForm next={next} signInAddress={signInPath(next)} />
    </AccountCard>
  );
}
