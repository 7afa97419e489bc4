import type { ReactNode } from 'react';
import { AppShell } from '@/features/account/app-shell';
import { Unavailable } from '@/features/account/unavailable';
import { environment } from '@/lib/environment';
import { requireUser } from '@/lib/session';
import { SignedIn } from '@/lib/signed-in';

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const user = await requireUser();
  if (user === 'unknown') return <Unavailable />;
  return (
    <SignedIn user={user} apiUrl={environment().API_URL}>
      <AppShell>{children}</AppShell>
    </SignedIn>
  );
}
