import type { Metadata } from 'next';
import { ProfileSettings } from '@/features/account/components/profile-settings';

export const metadata: Metadata = { title: 'Profile' };

export default function ProfilePage() {
  return <ProfileSettings />;
}
