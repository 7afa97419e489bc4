import type { ApiClient } from '@app/api-client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import type { TaskView } from '../task-view';
import { type ListedTask, taskKeys } from './task-cache';

const pageSize = 25;

async function listTasks(api: ApiClient, view: TaskView, cursor: string | null, signal: AbortSignal) {
  const { data } = await unwrap(
    api.GET('/api/tasks', {
      params: {
        query: {
          limit: pageSize,
          sort: view.sort,
          ...(view.filter !== 'all' && {
            completed: view.filter === 'done' ? ('true' as const) : ('false' as const),
          }),
          ...(view.search && { search: view.search }),
          ...(cursor !== null && { cursor }),
        },
      },
      signal,
    }),
  );
  return data as { items: ListedTask[]; nextCursor: string | null };
}

/** Fetches the tasks of a view, page by page. The previous view stays visible while the next one loads. */
export function useTasks(view: TaskView) {
  const { api } = useSession();
  return useInfiniteQuery({
    queryKey: taskKeys.list(view),
    queryFn: ({ pageParam, signal }) => listTasks(api, view, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}
