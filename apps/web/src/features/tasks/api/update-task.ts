import type { UpdateTask } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { findCachedTask, invalidateTaskLists, taskKeys, updateTaskLists } from './task-cache';

export interface TaskChange {
  changes: UpdateTask;
  /** The version that the person has seen: where the server has another one, it refuses the change with 412. */
  etag: string | null;
}

/** Saves a form's changes; the lists show them at once, and go back where the server says no. */
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
