import type { UpdateTask } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { findCachedTask, invalidateTaskLists, taskKeys, updateTaskLists } from './task-cache';

export interface TaskChange {
  changes: UpdateTask;
  /** The version that the user edited. If the server has another one, it responds with 412. */
  etag: string | null;
}

/** Updates a task with an optimistic update of the lists, which is rolled back on error. */
export function useUpdateTask(id: string) {
  const { api } = useSession();
  const queryClient = useQueryClient();

  function show(changes: UpdateTask) {
    return updateTaskLists(queryClient, (tasks) =>
      tasks.map((task) => (task.id === id ? { ...task, ...changes } : task)),
    );
  }

  return useMutation({
    mutationKey: taskKeys.all,
    mutationFn: async ({ changes, etag }: TaskChange) => {
      const { data } = await unwrap(
        api.PATCH('/api/tasks/{id}', {
          params: { path: { id }, ...(etag !== null && { header: { 'If-Match': etag } }) },
          body: changes,
        }),
      );
      return data;
    },
    onMutate: async ({ changes }) => {
      const before = findCachedTask(queryClient, id);
      await show(changes);
      return before;
    },
    onError: (_error, _change, before) => before && show(before),
    onSettled: () => invalidateTaskLists(queryClient),
  });
}
