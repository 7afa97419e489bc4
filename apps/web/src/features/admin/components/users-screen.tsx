'use client';

import { Search } from 'lucide-react';
import { useRef, useState } from 'react';
import { TextFilter } from '@/components/lists/list-toolbar';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { type ListOptions, useListView } from '@/lib/lists/use-list-view';
import { type ListedUser, useUsers } from '../api/admin';
import { getAdminErrorMessage } from '../api/admin-error';
import { AuditLog } from './audit-log';
import { UserDialog } from './user-dialog';
import { UserRow } from './user-row';

const options: ListOptions = { sorts: {}, filters: {}, searched: ['email', 'name'] };

/** Lists all users, and changes one in a dialog. The URL contains the search. */
export function UsersScreen() {
  const { view, setView } = useListView(options);
  const [managed, setManaged] = useState<ListedUser>();
  const heading = useRef<HTMLHeadingElement>(null);

  return (
    <div className="grid gap-5">
      <h1 ref={heading} tabIndex={-1} className="text-3xl font-semibold tracking-tight outline-none">
        Users
      </h1>
      <search className="relative">
        <Search
          aria-hidden
          className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted-foreground"
        />
        <TextFilter
          label="Search users"
          placeholder="Email address or name begins with…"
          value={view.search}
          onChange={(search) => setView({ search })}
          className="pl-9"
        />
      </search>
      <UserList search={view.search} onManage={setManaged} />
      <AuditLog />
      {managed && (
        <UserDialog
          user={managed}
          onClose={() => setManaged(undefined)}
          onFocusLost={() => heading.current?.focus()}
        />
      )}
    </div>
  );
}

interface UserListProps {
  search: string;
  onManage: (user: ListedUser) => void;
}

function UserList({ search, onManage }: UserListProps) {
  const {
    data,
    error,
    hasNextPage,
    isFetching,
    isFetchingNextPage,
    isPlaceholderData,
    fetchNextPage,
    refetch,
  } = useUsers(search);
  const users = data?.pages.flatMap((page) => page.users);

  return (
    <div className="grid gap-3" aria-busy={isPlaceholderData || undefined}>
      {error && (
        <Alert variant="destructive">
          <div className="flex flex-wrap items-center justify-between gap-3">
            {getAdminErrorMessage(error) ?? error.message}
            <Button variant="outline" size="sm" loading={isFetching} onClick={() => refetch()}>
              Try again
            </Button>
          </div>
        </Alert>
      )}
      {!users && !error && <UsersSkeleton />}
      {users?.length === 0 && (
        <p className="text-muted-foreground">No user has this email address or name.</p>
      )}
      {users && users.length > 0 && (
        <ul aria-label="Users" className="divide-y overflow-clip rounded-2xl border bg-card shadow-card">
          {users.map((user) => (
            <UserRow key={user.id} user={user} onManage={() => onManage(user)} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button variant="ghost" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}

function UsersSkeleton() {
  return (
    <div aria-busy className="divide-y rounded-2xl border bg-card">
      <p className="sr-only">Loading users</p>
      {['w-2/5', 'w-1/2', 'w-1/3'].map((width) => (
        <div key={width} className="grid h-18 content-center gap-2 px-4">
          <Skeleton className={`h-4 ${width}`} />
          <Skeleton className="h-3 w-1/4" />
        </div>
      ))}
    </div>
  );
}
