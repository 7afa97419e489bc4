import type { ApiClient } from '@app/api-client';
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { addDays } from 'date-fns/addDays';
import { startOfDay } from 'date-fns/startOfDay';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import type { TaskView } from '../task-view';
import { type ListedTask, type ListPosition, type ListQuery, taskKeys } from './task-cache';

const pageSize = 25;

/** Returns the lists of the API that make up a view, in their order. */
function listsOf({ filter, sort }: TaskView, now: Date): ListQuery[] {
  switch (filter) {
    case 'open':
      return [{ completed: 'false' }];
    case 'today':
      return [
        {
          completed: 'false',
          // The API excludes both times.
          dueAfter: new Date(startOfDay(now).getTime() - 1).toISOString(),
          dueBefore: addDays(startOfDay(now), 1).toISOString(),
        },
      ];
    case 'overdue':
      return [{ completed: 'false', dueBefore: now.toISOString() }];
    case 'done':
      return [{ completed: 'true' }];
    case 'all':
      // In one list, the due dates of tasks that were done long ago would come first.
      return sort.endsWith('dueAt') ? [{ completed: 'false' }, { completed: 'true' }] : [{}];
  }
}

async function listTasks(
  api: ApiClient,
  view: TaskView,
  { lists, cursor }: ListPosition,
  signal: AbortSignal,
) {
  const { data } = await unwrap(
    api.GET('/api/tasks', {
      params: {
        query: {
          limit: pageSize,
          sort: view.sort,
          ...lists[0],
          ...(view.search && { search: view.search }),
          ...(cursor !== null && { cursor }),
        },
      },
      signal,
    }),
  );
  const { items, nextCursor } = data as { items: ListedTask[]; nextCursor: string | null };
  const remaining = nextCursor === null ? lists.slice(1) : lists;
  return { items, next: remaining.length > 0 ? { lists: remaining, cursor: nextCursor } : null };
}

/** Whether the list has other tasks in another time zone, or after midnight. */
export function dependsOnTimeZone({ filter }: TaskView): boolean {
  return filter === 'today' || filter === 'overdue';
}

/** The list of a view, page by page. */
export function taskListQuery(getApi: () => ApiClient | Promise<ApiClient>, view: TaskView, now: Date) {
  return infiniteQueryOptions({
    queryKey: dependsOnTimeZone(view)
      ? [...taskKeys.list(view), startOfDay(now).getTime()]
      : taskKeys.list(view),
    queryFn: async ({ pageParam, signal }) =>
      listTasks(
        await getApi(),
        view,
        pageParam ?? { lists: listsOf(view, new Date()), cursor: null },
        signal,
      ),
    initialPageParam: null as ListPosition | null,
    getNextPageParam: (page) => page.next,
  });
}

/** Fetches the tasks of a view. The previous view stays visible while the next one loads. */
export function useTasks(view: TaskView, now: Date) {
  const { api } = useSession();
  return useInfiniteQuery({
    ...taskListQuery(() => api, view, now),
    placeholderData: keepPreviousData,
  });
}
