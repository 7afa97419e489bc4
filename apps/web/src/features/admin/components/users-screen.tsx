'use client';

import { useId, useRef, useState } from 'react';
import { LoadFailure } from '@/components/lists/load-failure';
import { SearchFilter } from '@/components/lists/text-filter';
import { Button } from '@/components/ui/button';
import { type ListOptions, useListView } from '@/lib/lists/use-list-view';
import { type ListedUser, useUsers } from '../api/admin';
import { getAdminErrorMessage } from '../api/admin-error';
import { AdminTabs } from './admin-tabs';
import { ListSkeleton } from './list-skeleton';
import { UserDialog } from './user-dialog';
import { UserRow } from './user-row';

const options: ListOptions = { sorts: {}, filters: {}, searched: ['email', 'name'] };

/** Lists all users, and changes one in a dialog. The URL contains the search. */
export function UsersScreen() {
  const { view, setView } = useListView(options);
  const [managed, setManaged] = useState<ListedUser>();
  const hintId = useId();
  const heading = useRef<HTMLHeadingElement>(null);

  return (
    <div className="grid gap-5">
      <h1 ref={heading} tabIndex={-1} className="text-3xl font-semibold tracking-tight outline-none">
        Users
      </h1>
      <AdminTabs />
      <search className="grid gap-1.5">
        <SearchFilter
          label="Search users"
          placeholder="Email or name"
          aria-describedby={hintId}
          value={view.search}
          onChange={(search) => setView({ search })}
        />
        <p id={hintId} className="text-sm text-muted-foreground">
          Finds addresses and names that begin with this text.
        </p>
      </search>
      <UserList search={view.search} onManage={setManaged} />
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
        <LoadFailure
          message={getAdminErrorMessage(error) ?? error.message}
          isRetrying={isFetching}
          onRetry={refetch}
        />
      )}
      {!users && !error && <ListSkeleton label="Loading users" />}
      {users?.length === 0 && (
        <p className="text-muted-foreground wrap-anywhere">
          No email address or name begins with “{search}”.
        </p>
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
