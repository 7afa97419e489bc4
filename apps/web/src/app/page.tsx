import { redirect } from 'next/navigation';
import { Welcome } from '@/features/account/welcome';
import { currentUser } from '@/lib/session';

export default async function WelcomePage() {
  const user = await currentUser();
  if (user !== null && user !== 'unknown') redirect('/tasks');
  return <Welcome />;
}
