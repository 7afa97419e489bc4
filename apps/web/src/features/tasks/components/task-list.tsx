'use client';

import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { getErrorMessage } from '@/lib/api/api-error';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { useInView } from '@/lib/hooks/use-in-view';
import { useNow } from '@/lib/hooks/use-now';
import { useTasks } from '../api/list-tasks';
import { focusRow, taskRows } from '../task-focus';
import type { TaskView } from '../task-view';
import { getHiddenTasks, subscribeToHiddenTasks } from '../undo-delete';
import { EmptyState } from './empty-state';
import { TaskRow } from './task-row';

const noneHidden: ReadonlySet<string> = new Set();

interface TaskListProps {
  view: TaskView;
  onEdit: (id: string) => void;
}

/** Shows the tasks of the view and loads more as the user scrolls (infinite scrolling). */
export function TaskList({ view, onEdit }: TaskListProps) {
  const now = useNow();
  const isHydrated = useHydrated();
  const {
    data,
    error,
    hasNextPage,
    isFetching,
    isFetchingNextPage,
    isPlaceholderData,
    fetchNextPage,
    refetch,
  } = useTasks(view, now);
  const hidden = useSyncExternalStore(subscribeToHiddenTasks, getHiddenTasks, () => noneHidden);
  // In view, or less than one screen below.
  const [end, endIsNear] = useInView('100% 0px');

  useEffect(() => {
    if (endIsNear && hasNextPage && !isFetching && !error) {
      void fetchNextPage();
    }
  }, [endIsNear, hasNextPage, isFetching, error, fetchNextPage]);

  /** The index of the first row that "Show more" loads. */
  const firstNewRow = useRef<number>(undefined);

  function showMore() {
    firstNewRow.current = taskRows().length;
    void fetchNextPage();
  }

  useEffect(() => {
    if (isFetchingNextPage) {
      return;
    }
    // The button that had the focus is gone. The user may have moved on to something else.
    if (firstNewRow.current !== undefined && document.activeElement === document.body) {
      focusRow(taskRows()[firstNewRow.current]);
    }
    firstNewRow.current = undefined;
  }, [isFetchingNextPage]);

  if (!data) {
    return error ? (
      <LoadError error={error} onRetry={refetch} isRetrying={isFetching} />
    ) : (
      <TaskListSkeleton />
    );
  }

  const tasks = data.pages.flatMap((page) => page.items).filter((task) => !hidden.has(task.id));
  return (
    <div className="grid gap-3" aria-busy={isPlaceholderData || undefined}>
      {error && <LoadError error={error} onRetry={refetch} isRetrying={isFetching} />}
      {tasks.length === 0 && !hasNextPage && <EmptyState view={view} />}
      {tasks.length > 0 && (
        <ul
          aria-label="Tasks"
          className="divide-y overflow-clip rounded-2xl border bg-card shadow-card transition-opacity"
          style={{ opacity: isPlaceholderData ? 0.6 : 1 }}
        >
          {tasks.map((task) => (
            <TaskRow key={task.id} task={task} now={isHydrated ? now : undefined} onEdit={onEdit} />
          ))}
        </ul>
      )}
      <div ref={end} />
      {hasNextPage && (
        // A new element per page: scroll anchoring would follow a button that moves down.
        <Button key={data.pages.length} variant="ghost" loading={isFetchingNextPage} onClick={showMore}>
          Show more
        </Button>
      )}
    </div>
  );
}

interface LoadErrorProps {
  error: Error;
  onRetry: () => unknown;
  isRetrying: boolean;
}

function LoadError({ error, onRetry, isRetrying }: LoadErrorProps) {
  return (
    <Alert variant="destructive">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span>We couldn’t load your tasks. {getErrorMessage(error)}</span>
        <Button variant="outline" size="sm" loading={isRetrying} onClick={() => onRetry()}>
          Try again
        </Button>
      </div>
    </Alert>
  );
}

const skeletonWidths = ['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3', 'w-1/3'];

function TaskListSkeleton() {
  return (
    <div aria-busy className="divide-y rounded-2xl border bg-card">
      <p className="sr-only">Loading your tasks</p>
      {skeletonWidths.map((width) => (
        <div key={width} className="flex h-14 items-center gap-3.5 px-4">
          <Skeleton className="size-5.5 shrink-0 rounded-full" />
          <Skeleton className={`h-4 ${width}`} />
        </div>
      ))}
    </div>
  );
}
