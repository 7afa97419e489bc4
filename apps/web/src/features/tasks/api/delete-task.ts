import type { ApiClient, Task } from '@app/api-client';
import { useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui/toast';
import { ApiError, getErrorMessage, unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { deleteWithUndo } from '../undo-delete';
import { invalidateTaskLists, updateTaskLists } from './task-cache';

/** Deletes a task; that it is gone already is fine. */
async function deleteTask(api: ApiClient, id: string): Promise<void> {
  try {
    // The request outlives the page: it may be sent while the page is being left.
    await unwrap(api.DELETE('/api/tasks/{id}', { params: { path: { id } }, keepalive: true }));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** Deletes a task once the time to undo it has passed. */
export function useDeleteTask() {
  const { api, tokens } = useSession();
  const queryClient = useQueryClient();

  return (task: Task) => {
    // A page that is being left can't wait for a token: have a fresh one at hand.
    tokens.get().catch(() => {});
    deleteWithUndo(task, async () => {
      try {
        await deleteTask(api, task.id);
      } catch (error) {
        toast.error(`“${task.title}” was not deleted. ${getErrorMessage(error)}`);
        throw error;
      }
      await updateTaskLists(queryClient, (tasks) => tasks.filter(({ id }) => id !== task.id));
      invalidateTaskLists(queryClient);
    });
  };
}
