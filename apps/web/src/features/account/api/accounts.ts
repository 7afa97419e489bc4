import { useQuery } from '@tanstack/react-query';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuthOrSignIn } from './account-error';

/** Returns whether the user can sign in with a password, or `undefined` while that isn't known. */
export function useHasPassword(): boolean | undefined {
  const { data } = useQuery({
    queryKey: ['accounts'],
    queryFn: () => unwrapAuthOrSignIn(authClient.listAccounts()),
  });
  return data?.some(({ providerId }) => providerId === 'credential');
}
