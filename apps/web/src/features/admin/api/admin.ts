import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { unwrapAuthOrSignIn } from '@/features/account/api/account-error';
import { authClient } from '@/lib/auth/auth-client';

export const adminKey = ['admin'];

/** A user as administrators see them. Times are in ISO 8601. */
export interface ListedUser {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  createdAt: string;
  isAdmin: boolean;
  isBanned: boolean;
  banReason: string | null;
  bannedUntil: string | null;
}

interface UserPage {
  users: ListedUser[];
  nextCursor: string | null;
}

interface AuditLogPage {
  actions: AuditEntry[];
  nextCursor: string | null;
}

export type ActionName = 'grant' | 'ungrant' | 'ban' | 'unban' | 'sign-out' | 'verify' | 'delete';

/** An action of an administrator. */
export interface AuditEntry {
  id: string;
  createdAt: string;
  /** Null for the command on the server. */
  actor: string | null;
  action: ActionName;
  user: string;
  reason: string | null;
  bannedUntil: string | null;
}

/** Lists the users whose email address or name begins with `search`, page by page. */
export function useUsers(search: string) {
  return useInfiniteQuery({
    queryKey: [...adminKey, 'users', search],
    queryFn: ({ pageParam, signal }) =>
      unwrapAuthOrSignIn(
        authClient.$fetch<UserPage>('/admin/users', {
          query: { ...(search && { search }), ...(pageParam !== null && { cursor: pageParam }) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** Lists the actions of all administrators, page by page. */
export function useAuditLog() {
  return useInfiniteQuery({
    queryKey: [...adminKey, 'audit-log'],
    queryFn: ({ pageParam, signal }) =>
      unwrapAuthOrSignIn(
        authClient.$fetch<AuditLogPage>('/admin/audit-log', {
          query: pageParam === null ? {} : { cursor: pageParam },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

interface Action {
  userId: string;
  reason?: string;
  until?: string;
}

export function performAction(name: ActionName, body: Action): Promise<unknown> {
  return unwrapAuthOrSignIn<unknown>(authClient.$fetch(`/admin/${name}`, { method: 'POST', body }));
}
