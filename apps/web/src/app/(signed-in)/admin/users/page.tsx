import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { UsersScreen } from '@/features/admin/components/users-screen';
import { requireUser } from '@/lib/auth/current-user';

export const metadata: Metadata = { title: 'Users' };

/** For administrators. For everyone else, the page doesn't exist. */
export default async function UsersPage() {
  const user = await requireUser();
  // If the auth server is unavailable, the layout says so instead of this page.
  if (user !== 'unknown' && !user.isAdmin) {
    notFound();
  }
  return <UsersScreen />;
}
