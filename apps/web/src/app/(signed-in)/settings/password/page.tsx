import type { Metadata } from 'next';
import { PasswordSettings } from '@/features/account/components/password-settings';

export const metadata: Metadata = { title: 'Password' };

export default function PasswordPage() {
  return <PasswordSettings />;
}
