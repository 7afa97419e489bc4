import type { ApiClient } from '@app/api-client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';
import { type ListedTask, taskListKey } from '../task-lists';
import type { TaskView } from '../task-view';

const pageSize = 25;

async function listTasks(api: ApiClient, view: TaskView, cursor: string | null, signal: AbortSignal) {
  const { data } = await answerOf(
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

/** The tasks of a view, page after page; while another view loads, the one before stays on screen. */
export function useTasks(view: TaskView) {
  const { api } = useSignedIn();
  return useInfiniteQuery({
    queryKey: taskListKey(view),
    queryFn: ({ pageParam, signal }) => listTasks(api, view, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}
