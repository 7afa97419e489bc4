import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';
import { editTaskLists, type ListedTask, refreshTaskLists, taskChangeKey, viewHolds } from '../task-lists';

export interface NewTask {
  title: string;
  /** Lets a second try of the same task create it once only. */
  idempotencyKey: string;
}

/** Adds a task: it stands in the list at once, and leaves it again where the server says no. */
export function useCreateTask() {
  const { api } = useSignedIn();
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: taskChangeKey,
    // One after another: the list has them in the order in which the server made them.
    scope: { id: 'create' },
    mutationFn: async ({ title, idempotencyKey }: NewTask) => {
      const { data } = await answerOf(
        api.POST('/api/tasks', {
          params: { header: { 'Idempotency-Key': idempotencyKey } },
          body: { title },
        }),
      );
      return data;
    },
    onMutate: (newTask) => {
      const task = pendingTask(newTask);
      return editTaskLists(queryClient, (tasks, { view, first }) =>
        first && viewHolds(view, task.title) ? [task, ...tasks] : tasks,
      );
    },
    onSuccess: (created, { idempotencyKey }) =>
      editTaskLists(queryClient, (tasks) =>
        tasks.map((task) => (task.id === idempotencyKey ? created : task)),
      ),
    onError: (_error, { idempotencyKey }) =>
      editTaskLists(queryClient, (tasks) => tasks.filter((task) => task.id !== idempotencyKey)),
    onSettled: () => refreshTaskLists(queryClient),
  });
}

function pendingTask({ title, idempotencyKey }: NewTask): ListedTask {
  const now = new Date().toISOString();
  return {
    id: idempotencyKey,
    title,
    description: null,
    completed: false,
    dueAt: null,
    createdAt: now,
    updatedAt: now,
    pending: true,
  };
}
