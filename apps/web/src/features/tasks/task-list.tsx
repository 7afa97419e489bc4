'use client';

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { sentenceFor } from '@/lib/api-error';
import { useNow } from '@/lib/use-now';
import { useTasks } from './api/list-tasks';
import { NoTasks } from './no-tasks';
import { hiddenTasks, subscribeToHiddenTasks } from './pending-deletion';
import { focusRow, taskRows } from './row-focus';
import { TaskListSkeleton } from './task-list-skeleton';
import { TaskRow } from './task-row';
import { useTaskView } from './use-task-view';

const noneHidden: ReadonlySet<string> = new Set();

/** The tasks of the view that the address names; more of them arrive as the end comes near. */
export function TaskList({ onEdit }: { onEdit: (id: string) => void }) {
  const { view } = useTaskView();
  const now = useNow();
  const {
    data,
    error,
    hasNextPage,
    isFetching,
    isFetchingNextPage,
    isPlaceholderData,
    fetchNextPage,
    refetch,
  } = useTasks(view);
  const hidden = useSyncExternalStore(subscribeToHiddenTasks, hiddenTasks, () => noneHidden);
  const [end, endIsNear] = useIsNear();

  useEffect(() => {
    if (endIsNear && hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [endIsNear, hasNextPage, isFetching, error, fetchNextPage]);

  async function showMore() {
    const known = taskRows().length;
    await fetchNextPage();
    requestAnimationFrame(() => focusRow(taskRows()[known]));
  }

  if (!data)
    return error ? <Failure error={error} onRetry={refetch} isRetrying={isFetching} /> : <TaskListSkeleton />;

  const tasks = data.pages.flatMap((page) => page.items).filter((task) => !hidden.has(task.id));
  return (
    <div className="grid gap-3" aria-busy={isPlaceholderData || undefined}>
      {error && <Failure error={error} onRetry={refetch} isRetrying={isFetching} />}
      {tasks.length === 0 && !hasNextPage ? (
        <NoTasks view={view} />
      ) : (
        <ul
          aria-label="Tasks"
          className="divide-y divide-line overflow-clip rounded-2xl border border-line bg-surface shadow-card transition-opacity"
          style={{ opacity: isPlaceholderData ? 0.6 : 1 }}
        >
          {tasks.map((task) => (
            <TaskRow key={task.id} task={task} now={now} onEdit={onEdit} />
          ))}
        </ul>
      )}
      <div ref={end} />
      {hasNextPage && (
        // A button of its own for each page: one that moved away would be a jump.
        <Button key={data.pages.length} tone="quiet" busy={isFetchingNextPage} onClick={showMore}>
          Show more
        </Button>
      )}
    </div>
  );
}

interface FailureProps {
  error: Error;
  onRetry: () => unknown;
  isRetrying: boolean;
}

function Failure({ error, onRetry, isRetrying }: FailureProps) {
  return (
    <Notice tone="error">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span>Your tasks can’t be shown as they are now. {sentenceFor(error)}</span>
        <Button tone="plain" size="small" busy={isRetrying} onClick={() => onRetry()}>
          Try again
        </Button>
      </div>
    </Notice>
  );
}

/** Whether an element is on screen, or less than a screen away. */
function useIsNear() {
  const [isNear, setIsNear] = useState(false);
  const element = useCallback((node: HTMLElement | null) => {
    if (!node) return;
    const observer = new IntersectionObserver(([entry]) => setIsNear(entry?.isIntersecting ?? false), {
      rootMargin: '100% 0px',
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return [element, isNear] as const;
}
