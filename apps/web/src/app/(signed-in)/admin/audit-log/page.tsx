import type { Metadata } from 'next';
import { AuditLogScreen } from '@/features/admin/components/audit-log-screen';
import { requireAdmin } from '@/lib/auth/current-user';

export async function generateMetadata(): Promise<Metadata> {
  await requireAdmin();
  return { title: 'Audit log' };
}

export default async function AuditLogPage() {
  await requireAdmin();
  return <AuditLogScreen />;
}
