import type { Task } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { toast } from '@/components/ui/toast';
import { getErrorMessage, unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { invalidateTaskLists, taskKeys, updateTaskLists } from './task-cache';

/** How long a task that is checked off stays in a list of open ones: long enough to see the mark. */
const lingerMs = 450;

/**
 * Checks a task off, or opens it again. It sends no version: whoever says "done" means it, whatever else has changed.
 */
export function useCompleteTask({ id, title, completed }: Task) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const mutationKey = [...taskKeys.all, 'complete', id];
  /** What the server has said last, while changes are under way. */
  const saved = useRef(completed);

  function show(mark: boolean) {
    return updateTaskLists(queryClient, (tasks) =>
      tasks.map((task) => (task.id === id ? { ...task, completed: mark } : task)),
    );
  }

  return useMutation({
    mutationKey,
    // Of two quick clicks on one task, the second one is sent when the first has arrived.
    scope: { id: `complete ${id}` },
    mutationFn: (mark: boolean) =>
      unwrap(api.PATCH('/api/tasks/{id}', { params: { path: { id } }, body: { completed: mark } })),
    onMutate: (mark) => {
      if (queryClient.isMutating({ mutationKey }) === 1) saved.current = !mark;
      return show(mark);
    },
    onSuccess: (_answer, mark) => {
      saved.current = mark;
    },
    onError: async (error, mark) => {
      await show(saved.current);
      const verb = mark ? 'checked off' : 'opened again';
      toast.error(`“${title}” was not ${verb}. ${getErrorMessage(error)}`);
    },
    onSettled: () => invalidateTaskLists(queryClient, lingerMs),
  });
}
