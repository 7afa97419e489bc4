import type { Metadata } from 'next';
import { DeleteAccount } from '@/features/account/components/delete-account';

export const metadata: Metadata = { title: 'Account' };

export default function AccountPage() {
  return <DeleteAccount />;
}
