import type { Task } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { toast } from '@/components/ui/toast';
import { getErrorMessage, unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { invalidateTaskLists, taskKeys, updateTaskLists } from './task-cache';

/** How long a completed task stays in the list of open tasks, so that the user sees the check mark. */
const lingerMs = 450;

/** Completes or reopens a task. Sends no `If-Match`: the change applies to any version of the task. */
export function useCompleteTask({ id, title, completed }: Task) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const mutationKey = [...taskKeys.all, 'complete', id];
  /** The last confirmed state, to roll back to. */
  const saved = useRef(completed);

  function show(checked: boolean) {
    return updateTaskLists(queryClient, (tasks) =>
      tasks.map((task) => (task.id === id ? { ...task, completed: checked } : task)),
    );
  }

  return useMutation({
    mutationKey,
    // Sends two quick clicks on a task one after the other.
    scope: { id: `complete ${id}` },
    mutationFn: (checked: boolean) =>
      unwrap(api.PATCH('/api/tasks/{id}', { params: { path: { id } }, body: { completed: checked } })),
    onMutate: (checked) => {
      if (queryClient.isMutating({ mutationKey }) === 1) {
        saved.current = !checked;
      }
      return show(checked);
    },
    onSuccess: (_response, checked) => {
      saved.current = checked;
    },
    onError: async (error, checked) => {
      await show(saved.current);
      const verb = checked ? 'check off' : 'reopen';
      toast.error(`Couldn’t ${verb} “${title}”. ${getErrorMessage(error)}`);
    },
    onSettled: () => invalidateTaskLists(queryClient, lingerMs),
  });
}
