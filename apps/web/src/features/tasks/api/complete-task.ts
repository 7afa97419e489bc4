import type { Task } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { showToast } from '@/components/ui/toasts';
import { answerOf, sentenceFor } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';
import { editTaskLists, refreshTaskLists, taskChangeKey } from '../task-lists';

/** How long a task that is checked off stays in a list of open ones: long enough to see the mark. */
const lingerMilliseconds = 450;

/**
 * Checks a task off, or opens it again. It sends no version: whoever says "done" means it, whatever else has changed.
 */
export function useCompleteTask({ id, title }: Task) {
  const { api } = useSignedIn();
  const queryClient = useQueryClient();

  function show(completed: boolean) {
    return editTaskLists(queryClient, (tasks) =>
      tasks.map((task) => (task.id === id ? { ...task, completed } : task)),
    );
  }

  return useMutation({
    mutationKey: taskChangeKey,
    // Of two quick clicks on one task, the second one is sent when the first has arrived.
    scope: { id: `complete ${id}` },
    mutationFn: (completed: boolean) =>
      answerOf(api.PATCH('/api/tasks/{id}', { params: { path: { id } }, body: { completed } })),
    onMutate: show,
    onError: async (error, completed) => {
      await show(!completed);
      const verb = completed ? 'checked off' : 'opened again';
      showToast({ tone: 'error', message: `“${title}” was not ${verb}. ${sentenceFor(error)}` });
    },
    onSettled: () => refreshTaskLists(queryClient, lingerMilliseconds),
  });
}
