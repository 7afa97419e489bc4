import { useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { invalidateTaskLists, type ListedTask, matchesView, taskKeys, updateTaskLists } from './task-cache';

export interface NewTask {
  title: string;
  dueAt: string | null;
  /** A retry with the same key creates no second task. */
  idempotencyKey: string;
}

/** Creates a task with an optimistic update, which is rolled back on error. */
export function useCreateTask() {
  const { api } = useSession();
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: taskKeys.all,
    // One after the other, so that the order of the list equals the order on the server.
    scope: { id: 'create' },
    mutationFn: async ({ title, dueAt, idempotencyKey }: NewTask) => {
      const { data } = await unwrap(
        api.POST('/api/tasks', {
          params: { header: { 'Idempotency-Key': idempotencyKey } },
          body: { title, dueAt },
        }),
      );
      return data;
    },
    onMutate: (newTask) => {
      const task = optimisticTask(newTask);
      return updateTaskLists(queryClient, (tasks, { view, first }) =>
        first && matchesView(view, task) ? [task, ...tasks] : tasks,
      );
    },
    onSuccess: (created, { idempotencyKey }) =>
      updateTaskLists(queryClient, (tasks) =>
        tasks.map((task) => (task.id === idempotencyKey ? created : task)),
      ),
    onError: (_error, { idempotencyKey }) =>
      updateTaskLists(queryClient, (tasks) => tasks.filter((task) => task.id !== idempotencyKey)),
    onSettled: () => invalidateTaskLists(queryClient),
  });
}

function optimisticTask({ title, dueAt, idempotencyKey }: NewTask): ListedTask {
  const now = new Date().toISOString();
  return {
    id: idempotencyKey,
    title,
    description: null,
    completed: false,
    dueAt,
    createdAt: now,
    updatedAt: now,
    pending: true,
  };
}
