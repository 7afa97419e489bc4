import type { Metadata } from 'next';
import { hasPassword } from '@/features/account/api/sign-in-methods';
import { DeleteAccount } from '@/features/account/components/delete-account';

export const metadata: Metadata = { title: 'Delete account' };

export default async function DeleteAccountPage() {
  return <DeleteAccount hasPassword={await hasPassword()} />;
}
