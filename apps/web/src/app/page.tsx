import { redirect } from 'next/navigation';
import { WelcomePage } from '@/features/welcome/components/welcome-page';
import { getCurrentUser } from '@/lib/auth/current-user';

export default async function HomePage() {
  const user = await getCurrentUser();
  if (user !== null && user !== 'unknown') {
    redirect('/tasks');
  }
  return <WelcomePage />;
}
