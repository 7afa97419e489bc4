import type { Metadata } from 'next';
import { hasPassword } from '@/features/account/api/sign-in-methods';
import { AddPassword } from '@/features/account/components/add-password';
import { PasswordSettings } from '@/features/account/components/password-settings';

export const metadata: Metadata = { title: 'Password' };

export default async function PasswordPage() {
  return (await hasPassword()) ? <PasswordSettings /> : <AddPassword />;
}
