import type { Metadata } from 'next';
import { ChangeEmail } from '@/features/account/components/change-email';
import { ProfileSettings } from '@/features/account/components/profile-settings';

export const metadata: Metadata = { title: 'Profile' };

export default function ProfilePage() {
  return (
    <div className="grid gap-6">
      <ProfileSettings />
      <ChangeEmail />
    </div>
  );
}
