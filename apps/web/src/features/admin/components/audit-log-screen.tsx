'use client';

import { LoadFailure } from '@/components/lists/load-failure';
import { Button } from '@/components/ui/button';
import { actions } from '../actions';
import { type AuditEntry, useAuditLog } from '../api/admin';
import { getAdminErrorMessage } from '../api/admin-error';
import { AdminTabs } from './admin-tabs';
import { ListSkeleton } from './list-skeleton';

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Lists the actions of all administrators, the newest first. */
export function AuditLogScreen() {
  const { data, error, hasNextPage, isFetching, isFetchingNextPage, fetchNextPage, refetch } = useAuditLog();
  const entries = data?.pages.flatMap((page) => page.actions);

  return (
    <div className="grid gap-5">
      <h1 className="text-3xl font-semibold tracking-tight">Audit log</h1>
      <AdminTabs />
      <div className="grid gap-3">
        {error && (
          <LoadFailure
            message={getAdminErrorMessage(error) ?? error.message}
            isRetrying={isFetching}
            onRetry={refetch}
          />
        )}
        {!entries && !error && <ListSkeleton label="Loading audit log" />}
        {entries?.length === 0 && (
          <p className="text-muted-foreground">No administrator has changed a user yet.</p>
        )}
        {entries && entries.length > 0 && (
          <ul aria-label="Audit log" className="divide-y rounded-2xl border bg-card shadow-card">
            {entries.map((entry) => (
              <li key={entry.id} className="px-4 py-3.5 text-sm wrap-anywhere">
                <p>{describe(entry)}</p>
                {entry.reason && <p>Reason: {entry.reason}</p>}
                <time dateTime={entry.createdAt} className="text-muted-foreground">
                  {time.format(new Date(entry.createdAt))}
                </time>
              </li>
            ))}
          </ul>
        )}
        {hasNextPage && (
          <Button variant="ghost" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more
          </Button>
        )}
      </div>
    </div>
  );
}

function describe({ actor, action, user, bannedUntil }: AuditEntry): string {
  const until = bannedUntil ? ` until ${time.format(new Date(bannedUntil))}` : '';
  return `${actor ?? 'A command on the server'} ${actions[action].past} ${user}${until}`;
}
