import type { Metadata } from 'next';
import { UsersScreen } from '@/features/admin/components/users-screen';
import { requireAdmin } from '@/lib/auth/current-user';

export async function generateMetadata(): Promise<Metadata> {
  await requireAdmin();
  return { title: 'Users' };
}

export default async function UsersPage() {
  await requireAdmin();
  return <UsersScreen />;
}
