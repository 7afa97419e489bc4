import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuthOrSignIn } from './account-error';

const sessionsKey = ['sessions'];

export interface Session {
  id: string;
  token: string;
  userAgent?: string | null;
  updatedAt: Date;
  isCurrent: boolean;
}

/** Lists the user's sessions: the current one first, the others by when they were last used. */
export function useSessions() {
  return useQuery({ queryKey: sessionsKey, queryFn: listSessions });
}

/** Revokes one session, or all except the current one. */
export function useRevokeSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (session: Session | 'others') =>
      unwrapAuthOrSignIn<unknown>(
        session === 'others'
          ? authClient.revokeOtherSessions()
          : authClient.revokeSession({ token: session.token }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsKey }),
  });
}

async function listSessions(): Promise<Session[]> {
  const [sessions, current] = await Promise.all([
    unwrapAuthOrSignIn(authClient.listSessions()),
    unwrapAuthOrSignIn(authClient.getSession()),
  ]);
  return sessions
    .map((session) => ({
      ...session,
      updatedAt: new Date(session.updatedAt),
      isCurrent: session.id === current?.session.id,
    }))
    .toSorted(
      (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.updatedAt.getTime() - a.updatedAt.getTime(),
    );
}
