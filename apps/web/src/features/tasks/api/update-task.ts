import type { UpdateTask } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';
import { editTaskLists, findListedTask, refreshTaskLists, taskChangeKey } from '../task-lists';

export interface TaskChange {
  changes: UpdateTask;
  /** The version that the person has seen: where the server has another one, it refuses the change with 412. */
  etag: string | null;
}

/** Saves a form's changes; the lists show them at once, and go back where the server says no. */
export function useUpdateTask(id: string) {
  const { api } = useSignedIn();
  const queryClient = useQueryClient();

  function show(changes: UpdateTask) {
    return editTaskLists(queryClient, (tasks) =>
      tasks.map((task) => (task.id === id ? { ...task, ...changes } : task)),
    );
  }

  return useMutation({
    mutationKey: taskChangeKey,
    mutationFn: async ({ changes, etag }: TaskChange) => {
      const { data } = await answerOf(
        api.PATCH('/api/tasks/{id}', {
          params: { path: { id }, ...(etag !== null && { header: { 'If-Match': etag } }) },
          body: changes,
        }),
      );
      return data;
    },
    onMutate: async ({ changes }) => {
      const before = findListedTask(queryClient, id);
      await show(changes);
      return before;
    },
    onError: (_error, _change, before) => before && show(before),
    onSettled: () => refreshTaskLists(queryClient),
  });
}
