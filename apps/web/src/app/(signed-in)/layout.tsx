import type { ReactNode } from 'react';
import { AppShell } from '@/components/layouts/app-shell';
import { adminNavItems, navItems } from '@/components/layouts/nav-items';
import { Toaster } from '@/components/ui/toaster';
import { UnavailablePage } from '@/components/layouts/unavailable-page';
import { requireUser } from '@/lib/auth/current-user';
import { SessionProvider } from '@/lib/auth/session-provider';
import { environment } from '@/lib/environment';

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const user = await requireUser();
  if (user === 'unknown') {
    return <UnavailablePage />;
  }
  return (
    <SessionProvider user={user} apiUrl={environment().API_URL}>
      <AppShell sections={user.isAdmin ? [...navItems, ...adminNavItems] : navItems}>{children}</AppShell>
      <Toaster />
    </SessionProvider>
  );
}
