import type { Metadata } from 'next';
import { hasPassword } from '@/features/account/api/sign-in-methods';
import { ChangeEmail } from '@/features/account/components/change-email';
import { ProfileSettings } from '@/features/account/components/profile-settings';

export const metadata: Metadata = { title: 'Profile' };

export default async function ProfilePage() {
  return (
    <div className="grid gap-6">
      <ProfileSettings />
      <ChangeEmail hasPassword={await hasPassword()} />
    </div>
  );
}
