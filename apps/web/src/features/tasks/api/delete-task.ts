import type { ApiClient, Task } from '@app/api-client';
import { useQueryClient } from '@tanstack/react-query';
import { showToast } from '@/components/ui/toasts';
import { answerOf, ApiError, sentenceFor } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';
import { deleteWithUndo } from '../pending-deletion';
import { editTaskLists, refreshTaskLists } from '../task-lists';

/** Deletes a task; that it is gone already is fine. */
async function deleteTask(api: ApiClient, id: string): Promise<void> {
  try {
    // The request outlives the page: it may be sent while the page is being left.
    await answerOf(api.DELETE('/api/tasks/{id}', { params: { path: { id } }, keepalive: true }));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** Deletes a task once the time to undo it has passed. */
export function useDeleteTask() {
  const { api, tokens } = useSignedIn();
  const queryClient = useQueryClient();

  return (task: Task) => {
    // A page that is being left can't wait for a token: have a fresh one at hand.
    tokens.get().catch(() => {});
    deleteWithUndo(task, async () => {
      try {
        await deleteTask(api, task.id);
      } catch (error) {
        showToast({ tone: 'error', message: `“${task.title}” was not deleted. ${sentenceFor(error)}` });
        throw error;
      }
      await editTaskLists(queryClient, (tasks) => tasks.filter(({ id }) => id !== task.id));
      refreshTaskLists(queryClient);
    });
  };
}
