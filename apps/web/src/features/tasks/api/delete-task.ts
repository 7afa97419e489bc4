import type { ApiClient, Task } from '@app/api-client';
import { useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui/toast';
import { ApiError, getErrorMessage, unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { deleteWithUndo } from '../undo-delete';
import { invalidateTaskLists, updateTaskLists } from './task-cache';

/** Deletes a task. Succeeds if it no longer exists. */
async function deleteTask(api: ApiClient, id: string): Promise<void> {
  try {
    // With `keepalive` the browser completes the request even if the user leaves the page.
    await unwrap(api.DELETE('/api/tasks/{id}', { params: { path: { id } }, keepalive: true }));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) {
      throw error;
    }
  }
}

/** Deletes a task after the time to undo has passed. */
export function useDeleteTask() {
  const { api, tokens } = useSession();
  const queryClient = useQueryClient();

  return (task: Task) => {
    // Fetch the token now: there is no time to wait for it when the user leaves the page.
    tokens.get().catch(() => {});
    deleteWithUndo(task, async () => {
      try {
        await deleteTask(api, task.id);
      } catch (error) {
        toast.error(`Couldn’t delete “${task.title}”. ${getErrorMessage(error)}`);
        throw error;
      }
      await updateTaskLists(queryClient, (tasks) => tasks.filter(({ id }) => id !== task.id));
      invalidateTaskLists(queryClient);
    });
  };
}
